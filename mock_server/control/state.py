"""Operations on what is stored: documents, snapshots, differences."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from starlette.responses import Response

from mock_server.control.context import Context, Problem, answer, nothing
from mock_server.control.planting import unfit
from mock_server.types import Document, World
from mock_server.world.codec import dumps
from mock_server.world.snapshot import compare, restore, snapshot
from mock_server.world.worlds import OpenWorld, Outcome


class StateOperations:
    """What worlds hold."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def describe_state(self, world: str) -> Response:
        def read(found: OpenWorld) -> dict[str, dict[str, int]]:
            return {api: _counts(found, api) for api in self._context.apis}

        return answer(await self._context.within(world, read))

    async def list_documents(
        self,
        world: str,
        api: str,
        collection: str,
        search: str | None = None,
        changed: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> Response:
        def page(view: World) -> tuple[int, list[tuple[str, Document]]]:
            if not changed and not search:
                first = min(offset, view.count(collection))
                keys = islice(view.keys(collection), first, first + limit)
                found = [(key, view.get(collection, key)) for key in keys]
                return view.count(collection), [(key, document) for key, document in found if document is not None]
            items = view.written(collection) if changed else view.items(collection)
            return _page(_searched(items, search), offset, limit)

        def read(found: OpenWorld) -> dict[str, Any]:
            self._known(found, api, collection)
            total, items = _read(found, api, page)
            rows = [{"key": key, "document": document} for key, document in items]
            return {"api": api, "collection": collection, "total": total, "items": rows}

        return answer(await self._context.within(world, read))

    async def get_document(self, world: str, api: str, collection: str, key: str) -> Response:
        def read(found: OpenWorld) -> Document:
            self._known(found, api, collection)
            document: Document | None = _read(found, api, lambda view: view.get(collection, key))
            if document is None:
                raise _no_document(world, api, collection, key)
            return document

        return answer(await self._context.within(world, read))

    async def put_document(
        self, world: str, api: str, collection: str, key: str, body: Document, validate: bool = True
    ) -> Response:
        compiled = self._context.api(api)

        def plant(view: World) -> Outcome:
            new = view.get(collection, key) is None
            view.put(collection, key, body)
            sentence = unfit(compiled, view, collection, key, body) if validate else None
            return Outcome(sentence is None, None, (new, sentence))

        new, sentence = await self._context.within(world, lambda found: found.run(api, True, plant).response)
        if sentence is not None:
            raise Problem(422, f"{sentence} Plant it regardless with validate=false.")
        return answer(body, 201 if new else 200)

    async def delete_document(self, world: str, api: str, collection: str, key: str) -> Response:
        self._context.api(api)

        def remove(view: World) -> Outcome:
            there = view.get(collection, key) is not None
            view.delete(collection, key)
            return Outcome(there, None, there)

        if not await self._context.within(world, lambda found: found.run(api, True, remove).response):
            raise _no_document(world, api, collection, key)
        return nothing()

    async def get_snapshot(self, world: str) -> Response:
        return answer(await self._context.within(world, snapshot))

    async def put_snapshot(self, world: str, body: dict[str, Any]) -> Response:
        await self._context.within(world, lambda found: restore(self._context.worlds, found, body))
        return nothing()

    async def diff_worlds(self, world: str, against: str = "default") -> Response:
        patch = await self._context.within(world, lambda found: compare(self._context.world(against), found))
        return answer(patch, media_type="application/json-patch+json")

    def _known(self, world: OpenWorld, api: str, collection: str) -> None:
        self._context.api(api)
        names = world.collections(api)
        if collection not in names:
            raise Problem(404, f"There is no collection {collection!r} of {api} in the world {world.name!r}.", names)


def _counts(world: OpenWorld, api: str) -> dict[str, int]:
    names = world.collections(api)
    counts: dict[str, int] = _read(world, api, lambda view: {name: view.count(name) for name in names})
    return counts


def _read(world: OpenWorld, api: str, work: Callable[[World], Any]) -> Any:
    return world.run(api, False, lambda view: Outcome(False, None, work(view))).response


def _searched(items: Iterator[tuple[str, Document]], search: str | None) -> Iterator[tuple[str, Document]]:
    if not search:
        return items
    needle = search.lower()
    return ((key, document) for key, document in items if needle in key.lower() or needle in dumps(document).lower())


def _page(items: Iterator[tuple[str, Document]], offset: int, limit: int) -> tuple[int, list[tuple[str, Document]]]:
    total, page = 0, []
    for item in items:
        if offset <= total < offset + limit:
            page.append(item)
        total += 1
    return total, page


def _no_document(world: str, api: str, collection: str, key: str) -> Problem:
    return Problem(404, f"There is no document {key!r} in {collection} of {api} in the world {world!r}.")

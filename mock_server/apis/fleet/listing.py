"""The list of devices: filters that all apply, and pages by limit and offset."""

from collections.abc import Callable, Iterator
from itertools import islice

from mock_server.apis.fleet import views
from mock_server.apis.fleet.fleet import DEVICES
from mock_server.types import Document, Reply, Request, World

Test = Callable[[Document], bool]
_SEARCHED = ("name", "serial_number", "type", "category", "comment", "_brand")
_SEARCHED_DETAILS = ("processor", "graphic", "color", "os_platform", "model_year")


def list_devices(world: World, request: Request) -> Reply:
    """GET /devices: one page of `data`, and `meta` about the whole list."""
    limit, offset = request.query["limit"], request.query["offset"] or 0
    tests = list(_tests(request))
    if tests:
        found = [item for item in world.items(DEVICES) if all(test(item[1]) for test in tests)]
        total, page = len(found), found[offset : offset + limit]
    else:
        total, page = world.count(DEVICES), _page(world, offset, limit)
    data = [views.device(key, stored) for key, stored in page]
    return Reply(200, {"data": data, "meta": {"total": total, "limit": limit, "offset": offset}})


def _page(world: World, offset: int, limit: int) -> list[tuple[str, Document]]:
    """A page of the unfiltered list; the devices before it are not made."""
    if offset >= world.count(DEVICES):
        return []
    keys = islice(world.keys(DEVICES), offset, offset + limit)
    return [(key, stored) for key in keys if (stored := world.get(DEVICES, key)) is not None]


def _tests(request: Request) -> Iterator[Test]:
    """A test for each filter given."""
    query = request.query
    if "user_id" in query:
        yield _has("_user_id", query["user_id"])
    if "client_status" in query:
        yield _has("client_status", query["client_status"])
    words = query.get("search", "").casefold().split()
    if words:
        yield _holds(words)


def _has(member: str, wanted: object) -> Test:
    return lambda stored: bool(stored.get(member) == wanted)


def _holds(words: list[str]) -> Test:
    """That every word stands somewhere in the searched members, whatever its case."""

    def test(stored: Document) -> bool:
        details = views.characteristics(stored)
        values = [*map(stored.get, _SEARCHED), *map(details.get, _SEARCHED_DETAILS)]
        text = "\n".join(value for value in values if isinstance(value, str)).casefold()
        return all(word in text for word in words)

    return test

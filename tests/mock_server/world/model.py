"""A world as plain dictionaries, and programs of steps that real worlds are compared with it by."""

import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from mock_server.types import Document, World
from mock_server.world.worlds import Outcome, Worlds


class Things:
    """A population of three small documents: t0, t1, t2."""

    def __init__(self, seed: int, size: int = 3) -> None:
        self._seed = seed
        self._size = size

    def __len__(self) -> int:
        return self._size

    def key(self, index: int) -> str:
        return f"t{index}"

    def index(self, key: str) -> int | None:
        if key.startswith("t") and key[1:].isdigit() and int(key[1:]) < self._size and str(int(key[1:])) == key[1:]:
            return int(key[1:])
        return None

    def document(self, index: int) -> Document:
        return {"seed": self._seed, "index": index}


def things(seed: int, _devices: int, _origin: datetime) -> dict[str, Things]:
    """The populations of the API `a` (and `b`) in these tests."""
    return {"things": Things(seed)}


MAKERS = {"a": things, "b": things}
KEYS = ["t0", "t1", "t2", "x", "y/z", "ü"]
COLLECTIONS = ["things", "notes", "bills"]


@dataclass
class Model:
    """One API's part of one world."""

    collections: dict[str, dict[str, Document]] = field(
        default_factory=lambda: {"things": _all(), "notes": {}, "bills": {}}
    )
    sequences: dict[str, int] = field(default_factory=dict)


def _all() -> dict[str, Document]:
    population = Things(0)
    return {population.key(index): population.document(index) for index in range(len(population))}


@dataclass(frozen=True)
class Request:
    """Steps done in one transaction, kept or not."""

    world: int
    api: str
    steps: tuple[tuple[Any, ...], ...]
    keep: bool


@dataclass(frozen=True)
class Fork:
    """A new world with the state of another."""

    source: int


@dataclass(frozen=True)
class Reset:
    """A world made what it was when it began."""

    world: int


_where = st.tuples(st.sampled_from(COLLECTIONS), st.sampled_from(KEYS))
_step = st.one_of(
    st.builds(lambda where, n: ("put", *where, {"n": n}), _where, st.integers(0, 5)),
    st.builds(lambda where: ("delete", *where), _where),
    st.builds(lambda where: ("get", *where), _where),
    st.builds(lambda name: ("keys", name), st.sampled_from(COLLECTIONS)),
    st.builds(lambda name: ("number", name), st.sampled_from(["s", "r"])),
)
_request = st.builds(
    Request,
    st.integers(0, 5),
    st.sampled_from(["a", "b"]),
    st.lists(_step, max_size=6).map(tuple),
    st.booleans() | st.just(True),
)
programs = st.lists(
    _request | st.builds(Fork, st.integers(0, 5)) | st.builds(Reset, st.integers(0, 5)), min_size=1, max_size=20
)


def play(worlds: Worlds, program: list[Any]) -> None:
    """Run the program in real worlds and in the model, and find no difference; worlds are `default`, `w1`, ….

    The worlds are compared as a whole at the end, and each step's answer when it is given.
    """
    models = [{"a": Model(), "b": Model()}]
    births = [copy.deepcopy(models[0])]
    for action in program:
        index = (action.source if isinstance(action, Fork) else action.world) % len(models)
        if isinstance(action, Fork):
            worlds.create(f"w{len(models)}", source=_name(index))
            models.append(copy.deepcopy(models[index]))
            births.append(copy.deepcopy(models[index]))
        elif isinstance(action, Reset):
            worlds.reset(_name(index))
            models[index] = copy.deepcopy(births[index])
        else:
            _request_both(worlds, _name(index), models[index], action)
    for index, model in enumerate(models):
        assert whole(worlds, _name(index)) == {api: _listed(part) for api, part in model.items()}
        assert named(worlds, _name(index)) == {api: _present(part) for api, part in model.items()}


def whole(worlds: Worlds, name: str) -> dict[str, Any]:
    """Everything in a world, in order."""
    world = worlds.get(name)
    assert world is not None

    def read(view: World) -> Outcome:
        return Outcome(False, None, {name: list(view.items(name)) for name in COLLECTIONS})

    return {api: world.run(api, False, read).response for api in ("a", "b")}


def named(worlds: Worlds, name: str) -> dict[str, list[str]]:
    """The collections in a world, in order."""
    world = worlds.get(name)
    assert world is not None
    return {api: world.collections(api) for api in ("a", "b")}


def _name(index: int) -> str:
    return f"w{index}" if index else "default"


def _listed(part: Model) -> dict[str, Any]:
    return {name: list(documents.items()) for name, documents in part.collections.items()}


def _present(part: Model) -> list[str]:
    """The collection with a population, and those with a document."""
    return ["things", *(name for name in ("bills", "notes") if part.collections[name])]


def _request_both(worlds: Worlds, name: str, models: dict[str, Model], request: Request) -> None:
    tried = copy.deepcopy(models[request.api])
    expected = [_in_model(tried, step) for step in request.steps]
    world = worlds.get(name)
    assert world is not None

    def work(view: World) -> Outcome:
        return Outcome(request.keep, None, [_in_world(view, step) for step in request.steps])

    write = any(step[0] in {"put", "delete", "number"} for step in request.steps[:1])
    assert world.run(request.api, write, work).response == expected
    if request.keep:
        models[request.api] = tried


def _in_model(model: Model, step: tuple[Any, ...]) -> Any:
    match step:
        case ("put", name, key, document):
            model.collections[name][key] = document
            return None
        case ("delete", name, key):
            model.collections[name].pop(key, None)
            return None
        case ("get", name, key):
            return model.collections[name].get(key)
        case ("number", name):
            model.sequences[name] = model.sequences.get(name, 0) + 1
            return model.sequences[name]
        case (_, name):
            documents = model.collections[name]
            return list(documents), list(documents.items()), len(documents)


def _in_world(view: World, step: tuple[Any, ...]) -> Any:
    match step:
        case ("put", name, key, document):
            view.put(name, key, document)
            return None
        case ("delete", name, key):
            view.delete(name, key)
            return None
        case ("get", name, key):
            return view.get(name, key)
        case ("number", name):
            return view.number(name)
        case (_, name):
            return list(view.keys(name)), list(view.items(name)), view.count(name)

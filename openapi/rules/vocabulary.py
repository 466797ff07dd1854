"""The extensions against their own schema, and the marks of how sure the contract is."""

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from openapi.rules.subject import EXTENSIONS, Place, Problem, Subject, at
from openapi.words import DOCUMENT_ANSWERS

_SCHEMA = Path(__file__).parent.parent / "vocabulary.schema.json"
_URL = re.compile(r"[a-z]+://")
_PAGE = re.compile(r"\d{3} ")


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the vocabulary."""
    loaded = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@cache
def _validator(definition: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": schema()["$defs"]})


def _allowed(kind: str) -> frozenset[str]:
    return frozenset(schema()["$defs"][kind].get("properties", {}))


def extensions(subject: Subject) -> Iterator[Problem]:
    """Every extension is one of ours, stands where it means something, and has the right form."""
    for place in subject.places:
        for key in place.node:
            if key.startswith("x-"):
                yield from _extension(subject, place, key)
        if place.kind == "error":
            yield from _misfits("error", place.pointer, place.node)


def _extension(subject: Subject, place: Place, key: str) -> Iterator[Problem]:
    pointer = (*place.pointer, key)
    if key in _allowed(place.kind):
        if place.kind != "error":
            yield from _misfits(place.kind, place.pointer, {key: place.node[key]})
    elif key in EXTENSIONS:
        homes = " or ".join(sorted(kind for kind in schema()["$defs"] if key in _allowed(kind)))
        yield Problem(pointer, f"{key} means nothing here ({place.kind}): move it to its place ({homes})")
    else:
        near = get_close_matches(key, EXTENSIONS, 1, 0.75)
        if near:
            yield Problem(pointer, f"{key} is not in the vocabulary: did you mean {near[0]}?")
        elif subject.speaks:
            yield Problem(pointer, f"{key} is not in the vocabulary: remove it, or add it to vocabulary.schema.json")


def _misfits(definition: str, pointer: tuple[str | int, ...], value: Any) -> Iterator[Problem]:
    from jsonschema.exceptions import best_match

    for error in _validator(definition).iter_errors(value):
        best = best_match([error])
        yield Problem(
            (*pointer, *best.absolute_path), f"this does not fit the vocabulary ({_reason(best)}): correct it"
        )


def _reason(error: Any) -> str:
    near = get_close_matches(str(error.instance), error.validator_value, 1, 0.7) if error.validator == "enum" else []
    if near:
        return f"{error.instance!r} is not known, did you mean {near[0]}?"
    return error.message if len(error.message) <= 200 else f"{error.message[:190]} …"


def document(subject: Subject) -> Iterator[Problem]:
    """Marks and answers that the document itself must give, so that nothing is without them."""
    if not subject.speaks:
        return
    for key in ("x-basis", "x-source"):
        if key not in subject.document:
            yield Problem((), f"the document has no {key}: say it once for everything, at the top")
    if subject.catalogue:
        said = subject.document.get("x-violation")
        missing = [word for word in DOCUMENT_ANSWERS if not isinstance(said, Mapping) or word not in said]
        if missing:
            yield Problem(
                ("x-violation",), f"the document does not answer {', '.join(missing)}: name an error for each"
            )


def sources(subject: Subject) -> Iterator[Problem]:
    """What is documented or public says where: a mark that is surer than what is around it needs its own source."""
    if not subject.speaks:
        return
    for place in subject.places:
        said = place.node.get("x-basis")
        if said in ("documented", "public") and place.pointer:
            yield from _source(place, said, _source_of(subject, place))


def _source_of(subject: Subject, place: Place) -> Any:
    """The nearest source around a place; None in a component without one: there it is that of whoever refers to it."""
    outermost = 3 if place.pointer[0] == "components" else 0
    for length in range(len(place.pointer), outermost - 1, -1):
        around = at(subject.document, place.pointer[:length])
        if isinstance(around, Mapping) and "x-source" in around:
            return around["x-source"]
    return None


def _source(place: Place, basis: str, source: Any) -> Iterator[Problem]:
    pointer = (*place.pointer, "x-basis")
    if basis == "documented" and _URL.match(str(source)):
        yield Problem(
            pointer, f"this is marked documented, but its source is {source}: name the page, or mark it public"
        )
    elif basis == "public" and _PAGE.match(str(source)):
        yield Problem(pointer, f"this is marked public, but its source is page {source}: say where it is published")

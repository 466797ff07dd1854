"""Media types: which one an answer has, and values as the bytes of it."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import orjson

from mock_server.xml import write_xml

JSON = "application/json"


def write_json(value: Any) -> bytes:
    """JSON in UTF-8; what the fast writer cannot hold (whole numbers beyond 64 bits, lone surrogates) exactly too."""
    try:
        return memoryview(orjson.dumps(value)).tobytes()  # a copy: the original keeps the writer's whole buffer
    except TypeError:
        return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()


def writer(media_type: str, schema: Mapping[str, Any] | None) -> Callable[[Any], bytes]:
    """What turns an answer's value into bytes of `media_type`; XML is structured by `schema`."""
    if media_type.endswith(("/xml", "+xml")):
        structure = schema or {}
        return lambda value: write_xml(value, structure)
    return write_json


def choose(accept: str, offered: tuple[str, ...]) -> str | None:
    """The offered media type that the `Accept` header likes best, or None (RFC 9110, 12.5.1).

    The most specific range decides each type's quality; equal qualities go to the earlier offer.
    """
    ranges = [parsed for part in accept.split(",") if (parsed := _range(part))]
    if not ranges:
        return offered[0]
    best: tuple[float, str | None] = (0.0, None)
    for media_type in offered:
        quality = _quality(media_type, ranges)
        if quality > best[0]:
            best = (quality, media_type)
    return best[1]


def _range(part: str) -> tuple[str, float] | None:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    if not name:
        return None
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                quality = 0.0
    return name.lower(), quality


def _quality(media_type: str, ranges: list[tuple[str, float]]) -> float:
    family = media_type.split("/")[0]
    for specific in (media_type, f"{family}/*", "*/*"):
        qualities = [quality for name, quality in ranges if name == specific]
        if qualities:
            return max(qualities)
    return 0.0


@lru_cache(maxsize=256)
def essence(content_type: bytes) -> tuple[str, str | None]:
    """The media type without parameters, lower case, and its charset if one is named; remembered, there are few."""
    name, *parameters = content_type.decode("latin-1").split(";")
    charset = None
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    return name.strip().lower(), charset

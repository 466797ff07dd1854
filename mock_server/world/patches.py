"""The difference of two JSON values as JSON Patch (RFC 6902): adding, removing and replacing members.

Arrays that differ are replaced whole: always right, and readable.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.world.codec import same


def pointer(*steps: str) -> str:
    """The JSON Pointer (RFC 6901) of member names."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def difference(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> Iterator[dict[str, Any]]:
    """The operations that turn `before` into `after`."""
    for name in before:
        if name not in after:
            yield {"op": "remove", "path": path + pointer(name)}
    for name, value in after.items():
        here = path + pointer(name)
        if name not in before:
            yield {"op": "add", "path": here, "value": value}
        elif isinstance(value, dict) and isinstance(before[name], dict):
            yield from difference(before[name], value, here)
        elif not same(before[name], value):
            yield {"op": "replace", "path": here, "value": value}

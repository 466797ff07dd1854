"""Ready target files for the conformance suite."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import PlainTextResponse, Response

from mock_server.control.context import Context
from mock_server.control.worlds import base_url


class TargetOperations:
    """Target files."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get_target(self, api: str, world: str = "default") -> Response:
        compiled = self._context.api(api)
        await self._context.do(lambda: self._context.world(world))
        content = {"api": api, "base_url": base_url(compiled.api.base_path, world), **compiled.api.target}
        return PlainTextResponse(toml(content), media_type="application/toml")


def toml(tables: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """The TOML text of nested tables of strings, numbers, booleans and lists of these."""
    lines = [f"{_name(name)} = {_value(value)}" for name, value in tables.items() if not isinstance(value, Mapping)]
    parts = ["".join(line + "\n" for line in lines)]
    for name, value in tables.items():
        if isinstance(value, Mapping):
            here = (*path, name)
            heading = f"[{'.'.join(map(_name, here))}]\n" if _has_values(value) else ""
            parts.append(heading + toml(value, here))
    return "\n".join(part for part in parts if part)


def _has_values(table: Mapping[str, Any]) -> bool:
    return not table or any(not isinstance(value, Mapping) for value in table.values())


def _name(name: str) -> str:
    bare = name.replace("-", "").replace("_", "")
    return name if bare.isascii() and bare.isalnum() else json.dumps(name)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)

"""A second server of Zequenze's inventory by serial number, written from the vendor's pages alone, and right in all
that they say.

Wherever they are silent it does another thing than the double: it reads values as Django REST framework does, replaces
nested objects, keeps the lifecycle in another vocabulary, shows little in its records, and its errors have no shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.conformance.servers.beside import beside

BASE = "/api/v1"
TOKEN = "zequenze-token"
TEXTS = ("name", "status", "location", "assigned_user", "organization_unit", "device_type", "manufacturer", "model")
OBJECTS = ("configuration", "custom_fields")
SHOWN = (
    "id", "serial_number", *TEXTS, *OBJECTS, "tags", "created_at", "updated_at", "last_seen", "compliance_score",
)  # fmt: skip
RECORD = ("serial_number", "name", "type", "organization", "status", "created_at")
UP = {"1": True, "true": True, "True": True, "0": False, "false": False, "False": False}
PAGE, MOST = 25, 50

Device = dict[str, Any]


class Wrong(Exception):
    """A request that is answered with an error of this status. The body is open: here each has its own form."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(str(body))
        self.status, self.body = status, body


class Inventory:
    """The devices by serial number."""

    def __init__(self) -> None:
        serials = ["ABC123456789", "XYZ987654321", *(f"ZQ-{number:05d}" for number in range(1, 79))]
        self.devices = {serial: seeded(index, serial) for index, serial in enumerate(serials)}

    def find(self, request: Request) -> Device:
        device = self.devices.get(request.path_params["serial_number"])
        if device is None:
            raise Wrong(404, ["no such device"])
        return device


def seeded(index: int, serial: str) -> Device:
    return {
        "id": 1247 if index == 0 else 31 + index,
        "serial_number": serial,
        "name": "Conference Room Laptop" if index == 0 else f"Gateway {index}",
        "status": "active" if index < 60 else "maintenance",
        "location": "Building A - Room 101",
        "assigned_user": "john.doe@company.com" if index == 0 else None,
        "organization_unit": "IT Department" if index == 0 else None,
        "device_type": "laptop",
        "manufacturer": "Dell",
        "model": "Latitude 5520" if index == 0 else None,
        "configuration": {"auto_update": True, "backup_enabled": True, "encryption_status": "enabled"},
        "custom_fields": {"cost_center": "IT-001"} if index == 0 else {},
        "tags": ["laptop"] if index == 0 else [],
        "created_at": "2024-01-15T10:30:00.000000Z",
        "updated_at": "2024-03-15T14:22:33.120000Z",
        "last_seen": None if index % 5 == 3 else "2024-03-15T14:20:15.987654Z",
        "compliance_score": 0.5,
        "_up": index % 3 != 1,
        "_type": 1 + index % 4,
        "_organization": 1 + index % 2,
    }


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


# ---- what a body may hold


async def object_of(request: Request) -> dict[str, Any]:
    def refuse(text: str) -> Any:
        raise ValueError(text)

    try:
        value = json.loads((await request.body()).decode(), parse_constant=refuse)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Wrong(400, {"message": "Cannot parse the request body"}) from None
    if not isinstance(value, dict):
        raise Wrong(400, {"message": f"Expected an object, got {type(value).__name__}"})
    return value


def coerced(name: str, value: Any) -> Any:
    """A member as it is stored: numbers become texts, as in forms. Raises Wrong for what cannot be one."""
    if name in TEXTS:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Wrong(422, {"code": "invalid", "attr": name})
        if name == "name" and not str(value).strip():
            raise Wrong(422, {"code": "blank", "attr": name})
        return normalize("NFC", str(value))
    if name in OBJECTS and not isinstance(value, dict):
        raise Wrong(422, {"code": "not_a_dict", "attr": name})
    if name == "tags" and not (isinstance(value, list) and all(isinstance(tag, str) for tag in value)):
        raise Wrong(422, {"code": "not_a_list", "attr": name})
    return value


# ---- the operations


class Operations:
    """One method an operation."""

    def __init__(self) -> None:
        self.inventory = Inventory()

    async def operate(self, request: Request) -> Response:
        body = await object_of(request)
        written = {name: coerced(name, body[name]) for name in (*TEXTS, *OBJECTS, "tags") if name in body}
        if not written:
            raise Wrong(400, {"message": "At least one property is needed"})
        device = {**self.inventory.find(request), **written, "updated_at": now()}
        self.inventory.devices[device["serial_number"]] = device
        return answer({**{name: device[name] for name in SHOWN}, **beside()})

    async def read(self, request: Request) -> Response:
        device = self.inventory.find(request)
        return answer({**record(device), "status": device["status"], "type": str(device["_type"])})

    async def patch(self, request: Request) -> Response:
        body = await object_of(request)
        device = dict(self.inventory.find(request))
        if "name" in body:
            device["name"] = coerced("name", body["name"])
        self.inventory.devices[device["serial_number"]] = device
        return answer(record(device))

    async def delete(self, request: Request) -> Response:
        del self.inventory.devices[self.inventory.find(request)["serial_number"]]
        return answer({"deleted": True})

    async def list(self, request: Request) -> Response:
        query = request.query_params
        limit = min(whole(query.get("limit"), PAGE, 1), MOST)
        offset = whole(query.get("offset"), 0, 0)
        devices = sorted(self.inventory.devices.values(), key=lambda device: str(device["name"]))
        found = [device for device in devices if selected(device, query)]
        address = str(request.url.replace(query=""))

        def page(start: int) -> str:
            return f"{address}?{urlencode({**query, 'limit': limit, 'offset': start})}"

        following = page(offset + limit) if offset + limit < len(found) else None
        before = page(max(offset - limit, 0)) if offset else None
        rows = [record(device) for device in found[offset : offset + limit]]
        return answer({"count": len(found), "next": following, "previous": before, "results": rows})


def record(device: Device) -> dict[str, Any]:
    inner = {"type": device["_type"], "organization": device["_organization"], "status": device["_up"]}
    return {**{name: inner.get(name, device.get(name)) for name in RECORD}, **beside()}


def selected(device: Device, query: Mapping[str, str]) -> bool:
    """Whether a device passes the filters; one that cannot be read is taken for none."""
    for name in ("type", "organization"):
        if re.fullmatch(r"-?[0-9]{1,9}", query.get(name, "")) and int(query[name]) != device[f"_{name}"]:
            return False
    if query.get("status") in UP and UP[query["status"]] != device["_up"]:
        return False
    return query.get("pending") not in ("true", "True", "1")


def whole(text: str | None, default: int, least: int) -> int:
    if text is None or not re.fullmatch(r"[0-9]{1,12}", text) or int(text) < least:
        return default
    return int(text)


def answer(value: Any, status: int = 200) -> Response:
    return JSONResponse(value, status, {"Vary": "Accept", "X-Frame-Options": "DENY"})


Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(endpoint: Endpoint) -> Endpoint:
    """Credentials first (401 is documented for the update alone); errors become answers."""

    async def run(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return PlainTextResponse("", 401 if request.method == "PUT" else 403)
        try:
            return await endpoint(request)
        except Wrong as wrong:
            return answer(wrong.body, wrong.status)

    return run


def create_app() -> Starlette:
    """The application with an inventory of its own: 80 devices, ABC123456789 and XYZ987654321 among them."""
    does = Operations()
    single = BASE + "/inventory_device_serial/{serial_number}/"
    app = Starlette(
        routes=[
            Route(BASE + "/inventory_device_serial_operation/{serial_number}/", guarded(does.operate), methods=["PUT"]),
            Route(BASE + "/inventory_device_serial/", guarded(does.list), methods=["GET"]),
            Route(single, guarded(does.read), methods=["GET"]),
            Route(single, guarded(does.patch), methods=["PATCH"]),
            Route(single, guarded(does.delete), methods=["DELETE"]),
        ]
    )
    app.router.redirect_slashes = False
    app.state.devices = does.inventory.devices
    return app

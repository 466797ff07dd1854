"""A second server of Fleet's device API, written from the vendor's pages alone, and right in all that they say.

Wherever they are silent it does another thing than the double: no error bodies but the documented ones, strict bodies,
newest device first, deleted devices gone, enrollments that are synchronised while one looks.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.conformance.servers.beside import beside

BASE = "/platform/v1"
KEYS = {"fleet-write-key": "WRITE", "fleet-read-key": "READ"}
USERS = range(1, 31)
STATES = (
    "ARCHIVED", "PENDING_VALIDATION", "IN_PREPARATION", "DELIVERED", "SHIPPED", "AVAILABLE", "IN_SERVICE",
    "IN_MAINTENANCE", "OUT_OF_SERVICE",
)  # fmt: skip
FROZEN = ("ARCHIVED", "PENDING_VALIDATION")
LAYOUTS = (
    "FRENCH_AZERTY", "SPANISH_QWERTY", "ITALIAN_QWERTY", "INTERNATIONAL_ENGLISH_QWERTY", "GERMAN_QWERTZ",
    "PORTUGUESE_QWERTY", "ENGLISH_QWERTY", "SWISS_QWERTZ", "AMERICAN_ENGLISH_QWERTY", "CANADIAN_ENGLISH_QWERTY",
    "DUTCH_QWERTY",
)  # fmt: skip
HIDDEN_TEXTS = (
    "brand", "client_purchase_price", "client_purchase_date", "client_warranty_endDate", "client_rental_price",
    "client_rental_startDate", "client_rental_endDate", "client_contract_number", "client_invoice_number",
)  # fmt: skip
DETAIL_TEXTS = (
    "screen_size", "graphic", "processor", "ram", "storage", "model_year", "connectivity", "resolution", "color",
    "seats_number", "assembly", "os_platform",
)  # fmt: skip
DETAIL_FLAGS = (
    "has_microphone", "has_webcam", "noise_cancellation", "has_stool", "has_video_package", "has_screen",
    "has_premium_tablet",
)  # fmt: skip
DETAIL_LISTS = ("compliance", "connection_type")
DETAILS = (*DETAIL_TEXTS, *DETAIL_FLAGS, *DETAIL_LISTS, "keyboard_layout")
ADDED_VIA = ("MASS_IMPORT", "SINGLE_IMPORT", "ONBOARDING")
MAKERS = (("MacBook Air 13", "Apple", "Laptop"), ("ThinkPad T14", "Lenovo", "Laptop"), ("U2723QE", "Dell", "Screen"))

Device = dict[str, Any]


class Wrong(Exception):
    """A request that is answered with an error: status and the text of `error`."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status, self.error = status, error


# ---- what a body may hold


def _text(value: Any) -> bool:
    """Nothing beyond the characters that fit into three bytes of UTF-8."""
    return isinstance(value, str) and all(ord(char) <= 0xFFFF for char in value)


def _user(value: Any) -> bool:
    whole = (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, float) and value == int(value)
    )
    return whole and value > 0


def _texts(value: Any) -> bool:
    return _text(value) or (isinstance(value, list) and all(map(_text, value)))


def _filled(value: Any) -> bool:
    return _text(value) and len(value) >= 1


Test = Callable[[Any], bool]
PATCHED: Mapping[str, tuple[Test, bool]] = {
    "name": (_filled, False),
    "user_id": (_user, True),
    "serial_number": (_text, True),
    "comment": (_text, True),
    "is_rented": (lambda value: isinstance(value, bool), False),
    "keyboard_layout": (lambda value: value in LAYOUTS, True),
    "compliance": (_texts, False),
    "connection_type": (_texts, True),
    **dict.fromkeys((*HIDDEN_TEXTS, *DETAIL_TEXTS), (_text, True)),
    **dict.fromkeys(DETAIL_FLAGS, (lambda value: isinstance(value, bool), True)),
}
"""Member → what a value must be, and whether it may be null."""
CREATED = {name: (test, name in DETAIL_FLAGS) for name, (test, _) in PATCHED.items()} | {
    "type": (_filled, False),
    "category": (_filled, False),
    "added_via": (lambda value: value in ADDED_VIA, False),
}


def check(item: Any, rules: Mapping[str, tuple[Test, bool]], required: tuple[str, ...], where: str) -> None:
    if not isinstance(item, dict):
        raise Wrong(400, f"Expected object, received {type(item).__name__} at {where}")
    for name in required:
        if name not in item:
            raise Wrong(400, f"Required at {where}.{name}")
    for name, value in item.items():
        if name not in rules:
            raise Wrong(400, f"Unrecognized key in object: '{name}'")
        test, nullable = rules[name]
        if not (nullable if value is None else test(value)):
            raise Wrong(400, f"Invalid input at {where}.{name}")


async def body_of(request: Request) -> Any:
    def refuse(text: str) -> Any:
        raise ValueError(text)

    try:
        value = json.loads((await request.body()).decode(), parse_constant=refuse)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Wrong(400, "Bad control character or unexpected end of JSON input") from None
    return value


# ---- the devices


class Store:
    """The devices of one workspace by number."""

    def __init__(self) -> None:
        self.devices = {number: seeded(number) for number in range(1, 131)}
        self.next = 5001
        self.syncs = 0

    def find(self, text: str) -> Device:
        device = self.devices.get(int(text)) if re.fullmatch(r"[1-9][0-9]{0,14}", text) else None
        if device is None:
            raise Wrong(404, "DEVICE_NOT_FOUND")
        return device

    def shown(self, device: Device) -> Device:
        made = {name: value for name, value in device.items() if not name.startswith("_")}
        if made["mdm"] is not None and made["mdm"]["status"] == "DRAFT":
            made["mdm"] = None
        if made["mdm"] is not None:
            self.syncs += 1
            moment = datetime.now(UTC).isoformat() + f" #{self.syncs}"
            made["mdm"] = {**made["mdm"], **beside(), "last_seen_date": moment, "last_sync_date": moment}
        return {**made, "tracking_url": None, "order": {"status": "BEING_PROCESSED"}, "shipments": [], **beside()}

    def write(self, device: Device, body: Mapping[str, Any]) -> Device:
        made = copy.deepcopy(device)
        for name, value in body.items():
            if name in DETAILS:
                listed = name in DETAIL_LISTS and isinstance(value, str)
                made["characteristics"][name] = [value] if listed else value
            elif name in ("name", "serial_number", "comment"):
                made[name] = value
            else:
                made[f"_{name}"] = int(value) if isinstance(value, float) else value
        if "user_id" in body and made["client_status"] in ("AVAILABLE", "IN_SERVICE"):
            made["client_status"] = "AVAILABLE" if body["user_id"] is None else "IN_SERVICE"
        self.devices[made["id"]] = made
        return made

    def create(self, item: Mapping[str, Any]) -> Device:
        blank = {
            **seeded(0),
            "id": self.next,
            "type": item["type"],
            "category": item["category"],
            "client_status": "DELIVERED" if item.get("added_via") == "MASS_IMPORT" else "IN_SERVICE",
            "characteristics": dict.fromkeys(DETAILS),
            "mdm": None,
            "serial_number": None,
        }
        self.next += 3
        return self.write(blank, {name: value for name, value in item.items() if name not in ("type", "category")})


def seeded(number: int) -> Device:
    name, brand, kind = MAKERS[number % 3]
    state = {1: "IN_SERVICE", 42: "IN_SERVICE", 13: "ARCHIVED"}.get(number, STATES[number % len(STATES)])
    user = 7 if number == 42 else 1 + number % 20 if state == "IN_SERVICE" else None
    details: dict[str, Any] = dict.fromkeys(DETAILS)
    if kind == "Laptop":
        details |= {"ram": "16 GB", "storage": "512 GB", "has_webcam": True, "keyboard_layout": LAYOUTS[number % 11]}
    return {
        "id": number,
        "name": f"{name} ({number})",
        "serial_number": f"SN{number:06d}" if number % 5 else None,
        "rent": "39.90" if number % 4 == 0 else None,
        "tracking_number": None,
        "client_status": state,
        "type": kind,
        "category": "COMPUTERS" if kind == "Laptop" else None,
        "source": "CATALOG" if number % 4 == 0 else "CUSTOMER",
        "comment": None,
        "characteristics": details,
        "mdm": enrollment(number) if kind == "Laptop" and number % 7 == 0 else None,
        "_brand": brand,
        "_user_id": user,
    }


def enrollment(number: int) -> dict[str, Any]:
    flags = ("is_locked", "firewall_enabled", "os_updates_enabled", "is_encrypted", "screenlock_enabled",
             "is_compromised", "os_updates_available", "disk_encryption_profile_installed")  # fmt: skip
    dates = ("lock_date", "enrollment_date", "unenrollment_date", "download_date", "last_seen_date", "last_sync_date")
    return {
        "id": 90_000 - number,
        "status": "DRAFT" if number % 2 else "ENROLLED",
        "local_name": None,
        **dict.fromkeys(flags, None),
        **dict.fromkeys(dates, None),
        "enrollment_date": "2025-03-04 08:12:44",
    }


# ---- the operations


class Operations:
    """One method an operation."""

    def __init__(self) -> None:
        self.store = Store()

    async def read(self, request: Request) -> Response:
        return answer({"data": self.store.shown(self.store.find(request.path_params["device_id"]))})

    async def update(self, request: Request) -> Response:
        device = self.store.find(request.path_params["device_id"])
        body = await body_of(request)
        check(body, PATCHED, (), "body")
        if not body:
            raise Wrong(400, "EMPTY_PATCH_BODY")
        may_write(request)
        if device["client_status"] in FROZEN:
            raise Wrong(403, "DEVICE_MUTATION_FORBIDDEN")
        known_user(body)
        return answer({"data": self.store.shown(self.store.write(device, body))})

    async def delete(self, request: Request) -> Response:
        device = self.store.find(request.path_params["device_id"])
        may_write(request)
        if device["client_status"] in FROZEN:
            raise Wrong(403, "DEVICE_MUTATION_FORBIDDEN")
        del self.store.devices[device["id"]]
        return answer({"data": self.store.shown(device)})

    async def create(self, request: Request) -> Response:
        may_write(request)
        body = await body_of(request)
        items = body.get("devices") if isinstance(body, dict) else None
        if not isinstance(items, list) or not items:
            raise Wrong(400, "devices must contain at least 1 element(s)")
        for item in items:
            check(item, CREATED, ("name", "type", "category"), "devices")
            known_user(item)
        return answer({"data": {"devices": [self.store.shown(self.store.create(item)) for item in items]}}, 201)

    async def list(self, request: Request) -> Response:
        query = request.query_params
        limit = number(query.get("limit", "50"), 1, 100, "limit")
        offset = number(query.get("offset") or "0", 0, None, "offset")
        found = [device for device in reversed(self.store.devices.values()) if selected(device, query)]
        page = found[offset : offset + limit]
        meta = {"total": len(found), "limit": limit, "offset": offset, "pages": -(-len(found) // limit)}
        return answer({"data": [self.store.shown(device) for device in page], "meta": meta})


def selected(device: Device, query: Mapping[str, str]) -> bool:
    if "user_id" in query and device["_user_id"] != number(query["user_id"], 1, None, "user_id"):
        return False
    if "client_status" in query:
        if query["client_status"] not in STATES:
            raise Wrong(400, "Invalid enum value for client_status")
        if query["client_status"] != device["client_status"]:
            return False
    lexemes = words(" ".join(str(device[name]) for name in ("name", "serial_number", "_brand") if device[name]))
    return all(any(word.startswith(wanted) for word in lexemes) for wanted in words(query.get("search", "")))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def number(text: str, low: int, high: int | None, name: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) < low or (high is not None and int(text) > high):
        raise Wrong(400, f"Number out of range: {name}")
    return int(text)


def known_user(body: Mapping[str, Any]) -> None:
    if body.get("user_id") is not None and body["user_id"] not in USERS:
        raise Wrong(400, "Assignee not found in this workspace")


def may_write(request: Request) -> None:
    if request.state.scope != "WRITE":
        raise Wrong(403, "INSUFFICIENT_SCOPE")


def answer(value: Any, status: int = 200) -> Response:
    headers = {"RateLimit-Limit": "300", "RateLimit-Remaining": "299", "RateLimit-Reset": "60", "X-Request-Id": "f1"}
    return JSONResponse(value, status, headers, media_type="application/json; charset=utf-8")


Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(endpoint: Endpoint) -> Endpoint:
    """Credentials first; errors become answers. What a 401 says is nowhere documented: here it is no JSON."""

    async def run(request: Request) -> Response:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or key not in KEYS:
            return PlainTextResponse("Unauthorized", 401)
        request.state.scope = KEYS[key]
        try:
            return await endpoint(request)
        except Wrong as wrong:
            return answer({"error": wrong.error}, wrong.status)

    return run


def create_app() -> Starlette:
    """The application with a workspace of its own: 130 devices, of which 1 and 42 may be changed and 13 may not."""
    does = Operations()
    device = BASE + "/devices/{device_id}"
    app = Starlette(
        routes=[
            Route(BASE + "/devices", guarded(does.list), methods=["GET"]),
            Route(BASE + "/devices", guarded(does.create), methods=["POST"]),
            Route(device, guarded(does.read), methods=["GET"]),
            Route(device, guarded(does.update), methods=["PATCH"]),
            Route(device, guarded(does.delete), methods=["DELETE"]),
        ]
    )
    app.state.devices = does.store.devices
    return app

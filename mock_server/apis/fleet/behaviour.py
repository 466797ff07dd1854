"""The rules of the workspace's devices, one function an operation. The list has a file of its own."""

from collections.abc import Mapping
from typing import Any

from mock_server.apis.fleet import views
from mock_server.apis.fleet.catalogue import CHARACTERISTICS
from mock_server.apis.fleet.fleet import DEVICES, KNOWN
from mock_server.apis.fleet.listing import list_devices
from mock_server.apis.fleet.people import USERS
from mock_server.types import Behaviour, Document, Refused, Reply, Request, World

IMMUTABLE = ("ARCHIVED",)
"""The states that forbid changes. Which they are is not published: a guess."""

SHOWN = frozenset({"name", "serial_number", "comment"})
WRITTEN_ONLY = (
    "user_id",
    "brand",
    "is_rented",
    "client_purchase_price",
    "client_purchase_date",
    "client_warranty_endDate",
    "client_rental_price",
    "client_rental_startDate",
    "client_rental_endDate",
    "client_contract_number",
    "client_invoice_number",
)
"""What no answer shows; kept in the document under a name with `_` in front."""
TECHNICAL = frozenset(CHARACTERISTICS)
LISTS = frozenset({"compliance", "connection_type"})
"""What may be sent as one text and is kept as a list."""

_PLACES: Mapping[str, str] = {name: name for name in SHOWN} | {name: "_" + name for name in WRITTEN_ONLY}


def find(world: World, request: Request) -> tuple[str, Document]:
    """Key and document of the device that the path names. Raises Refused("unknown")."""
    key: str = request.path["device_id"]
    stored = world.get(DEVICES, key)
    if stored is None:
        raise Refused("unknown", device_id=key)
    return key, stored


def _mutable(world: World, request: Request) -> tuple[str, Document]:
    """The same for a device that may be changed. Raises Refused("immutable") too."""
    key, stored = find(world, request)
    if stored.get("client_status") in IMMUTABLE:
        raise Refused("immutable", device_id=key)
    return key, stored


def written(stored: Document, body: Mapping[str, Any]) -> Document:
    """The document after the members of `body` were written; those that nobody knows are passed over."""
    plain = {_PLACES[name]: value for name, value in body.items() if name in _PLACES}
    technical = {name: _kept(name, value) for name, value in body.items() if name in TECHNICAL}
    result = {**stored, **plain}
    if technical:
        result["characteristics"] = {**views.characteristics(stored), **technical}
    return result


def _kept(name: str, value: Any) -> Any:
    return [value] if name in LISTS and isinstance(value, str) else value


def _check_user(world: World, item: Mapping[str, Any]) -> None:
    user = item.get("user_id")
    if user is not None and world.get(USERS, str(int(user))) is None:
        raise Refused("unknown-user", user_id=user)


def read(world: World, request: Request) -> Reply:
    """GET /devices/{device_id}."""
    return Reply(200, {"data": views.device(*find(world, request))})


def shown_device(_world: World, key: str, stored: Document) -> dict[str, Any]:
    """What getDevice would answer for the device stored under `key`."""
    return {"data": views.device(key, stored)}


def update(world: World, request: Request) -> Reply:
    """PATCH /devices/{device_id}: members left out stay, null clears (source page)."""
    body = request.body
    if not any(name in _PLACES or name in TECHNICAL for name in body):
        raise Refused("nothing-known")
    key, stored = _mutable(world, request)
    _check_user(world, body)
    document = written(stored, body)
    world.put(DEVICES, key, document)
    return Reply(200, {"data": views.device(key, document)})


def delete(world: World, request: Request) -> Reply:
    """DELETE /devices/{device_id}: the record stays, archived."""
    key, stored = _mutable(world, request)
    document = {**stored, "client_status": "ARCHIVED"}
    world.put(DEVICES, key, document)
    return Reply(200, {"data": views.device(key, document)})


def create(world: World, request: Request) -> Reply:
    """POST /devices: the whole batch or none of it."""
    items: list[dict[str, Any]] = request.body["devices"]
    for item in items:
        _check_user(world, item)
    _check_serials(items)
    return Reply(201, {"data": {"devices": [_add(world, item) for item in items]}})


def _check_serials(items: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for item in items:
        serial = item.get("serial_number")
        if serial in seen:
            raise Refused("repeated-serial", serial_number=serial)
        if serial is not None:
            seen.add(serial)


def _add(world: World, item: dict[str, Any]) -> dict[str, Any]:
    number = _next_number(world)
    blank: Document = {
        "id": number,
        "name": None,
        "serial_number": None,
        "rent": None,
        "tracking_number": None,
        "client_status": "AVAILABLE" if item.get("user_id") is None else "IN_SERVICE",
        "type": item["type"],
        "category": item["category"],
        "source": "EXTERNAL",
        "comment": None,
        "characteristics": dict.fromkeys(CHARACTERISTICS),
        "mdm": None,
        **{"_" + name: None for name in WRITTEN_ONLY},
        "_is_rented": False,
        "_added_via": item.get("added_via"),
    }
    document = written(blank, item)
    world.put(DEVICES, str(number), document)
    return views.device(str(number), document)


def _next_number(world: World) -> int:
    """The number of a new device: beyond those of the population, and never one that is taken."""
    while True:
        added = world.number(DEVICES)
        number = max(world.count(DEVICES) - (added - 1), KNOWN) + added
        if world.get(DEVICES, str(number)) is None:
            return number


BEHAVIOURS: Mapping[str, Behaviour] = {
    "listDevices": Behaviour(list_devices),
    "createDevices": Behaviour(create),
    "getDevice": Behaviour(read),
    "updateDevice": Behaviour(update),
    "deleteDevice": Behaviour(delete),
}

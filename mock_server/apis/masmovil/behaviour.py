"""What the operations do: searching, listing, adding and patching the devices of a subscription."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from mock_server.apis.masmovil.fleet import DEVICES, SUBSCRIPTIONS
from mock_server.apis.masmovil.search import find
from mock_server.apis.masmovil.tokens import create_token
from mock_server.jsonpatching import Inapplicable, apply_patch
from mock_server.schemas import Fault, Validator
from mock_server.types import Behaviour, Document, Refused, Reply, Request, World
from openapi import contract

DEPTH_LIMIT = 100
_OWNER = "_subscription"
"""The member that says whose a device is; nobody sees it."""


def search_devices(world: World, request: Request) -> Reply:
    """The organization's devices with this MAC address and this serial number; one of them is needed."""
    _member(request)
    wanted = {name: value for name, value in request.query.items() if value}
    if not wanted:
        raise Refused("missing-filter")
    found = find(world, request.path["org"], wanted)
    return Reply(200, [_view(key, device) for key, device in found.items()])


def list_devices(world: World, request: Request) -> Reply:
    """The subscription's devices: those it began with, then those that were added."""
    found = _devices_of(world, *_subscription(world, request))
    wanted = request.query.get("mac_address")
    return Reply(200, [device for device in found if wanted in (None, "", device.get("mac_address"))])


def _devices_of(world: World, owner: str, subscription: Document) -> list[Document]:
    began = subscription.get("_devices")
    keys = [key for key in began if isinstance(key, str)] if isinstance(began, list | tuple) else []
    devices = {key: world.get(DEVICES, key) for key in keys}
    devices |= {key: device for key, device in world.written(DEVICES) if _owner(device) == owner}
    return [_view(key, device) for key, device in devices.items() if device is not None]


def add_device(world: World, request: Request) -> Reply:
    """Another device, under an id of its own."""
    subscription, _ = request.found
    device = {"id": world.uuid(DEVICES), **{name: value for name, value in request.body.items() if name != "id"}}
    world.put(DEVICES, device["id"], {**device, _OWNER: subscription})
    path = f"/orgs/{request.path['org']}/subscriptions/{subscription}/devices/{device['id']}"
    return Reply(201, device, {"Location": request.base_url + path})


def get_device(world: World, request: Request) -> Reply:
    """One device of the subscription."""
    return Reply(200, _view(*_device(world, request)))


def patch_device(world: World, request: Request) -> Reply:
    """The device after all operations of the patch; when one fails, as it was."""
    key, device = request.found
    before = _view(key, device)
    try:
        after = apply_patch(before, request.body)
    except Inapplicable as error:
        raise Refused("inapplicable", index=error.index, reason=error.reason) from None
    _check(before, after, may_be_deeper=any(map(_deepens, request.body)))
    world.put(DEVICES, key, {**after, _OWNER: _owner(device)})
    return Reply(200, after)


def get_commitment(world: World, request: Request) -> Reply:
    """One commitment of the device."""
    wanted = request.path["commitmentId"].lower()
    _, device = _device(world, request)
    for commitment in _objects(device.get("commitments")):
        if str(commitment.get("id")).lower() == wanted:
            return Reply(200, commitment)
    raise Refused("unknown-commitment")


def _member(request: Request) -> None:
    """Raises Refused unless the caller's token is good for the organization of the path."""
    principal = request.principal
    if principal is None or request.path["org"] not in principal.attributes["orgs"]:
        raise Refused("foreign")


def _subscription(world: World, request: Request) -> tuple[str, Document]:
    """The subscription of the path, with its key. Raises Refused."""
    _member(request)
    key = request.path["subscriptionId"].lower()
    subscription = world.get(SUBSCRIPTIONS, key)
    if subscription is None or subscription.get("org") != request.path["org"]:
        raise Refused("unknown-parent")
    return key, subscription


def _device(world: World, request: Request) -> tuple[str, Document]:
    """The device of the path, with its key. Raises Refused."""
    owner, _ = _subscription(world, request)
    key = request.path["deviceId"].lower()
    device = world.get(DEVICES, key)
    if device is None or _owner(device) != owner:
        raise Refused("unknown")
    return key, device


def _owner(device: Document) -> Any:
    return device.get(_OWNER)


def _objects(value: Any) -> list[Document]:
    """The objects of a list; none where something else was planted."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _view(key: str, device: Document) -> Document:
    """The device as callers see it; one that was planted without an id has its key for it."""
    shown = {"id": key, **device}
    shown.pop(_OWNER, None)
    return shown


def shown_device(_world: World, key: str, stored: Document) -> Document:
    """What getSubscriptionDevice would answer for the device stored under `key`."""
    return _view(key, stored)


def shown_subscription(world: World, key: str, stored: Document) -> list[Document]:
    """What listSubscriptionDevices would answer for the subscription stored under `key`."""
    return _devices_of(world, key, stored)


def _deepens(operation: Document) -> bool:
    """Whether an operation can make the device deeper than it was: anything but placing a plain value."""
    return operation["op"] in {"move", "copy"} or isinstance(operation.get("value"), dict | list)


def _check(before: Document, after: Any, *, may_be_deeper: bool) -> None:
    """Raises Refused unless `after` is a device with the id of `before`."""
    if may_be_deeper and _nested_deeper_than(DEPTH_LIMIT, after):
        raise Refused("invalid-result", field="it", reason=f"is nested deeper than {DEPTH_LIMIT} levels")
    validator = _device_validator()
    if not validator.is_valid(after):
        fault = validator.faults(after)[0]
        raise Refused("invalid-result", field=_field(fault), reason=fault.reason)
    if after.get("id") != before["id"]:
        raise Refused("immutable")


@lru_cache(maxsize=1)
def _device_validator() -> Validator:
    """What may be added is also what a patch may leave behind."""
    body = contract.load("masmovil").operations["addSubscriptionDevice"].request_body
    if body is None:
        raise LookupError("the contract has no body for addSubscriptionDevice")
    return Validator(body.content["application/json"].schema)


def _field(fault: Fault) -> str:
    steps = [*map(str, fault.instance_path), *([fault.missing] if fault.missing else [])]
    return ".".join(steps) or "it"


def _nested_deeper_than(limit: int, value: Any) -> bool:
    if not isinstance(value, dict | list) or not value:
        return False
    inner = value.values() if isinstance(value, dict) else value
    return limit == 0 or any(_nested_deeper_than(limit - 1, item) for item in inner)


BEHAVIOURS: Mapping[str, Behaviour] = {
    "searchDevices": Behaviour(search_devices),
    "listSubscriptionDevices": Behaviour(list_devices),
    "addSubscriptionDevice": Behaviour(add_device, guard=_subscription),
    "getSubscriptionDevice": Behaviour(get_device),
    "patchSubscriptionDevice": Behaviour(patch_device, guard=_device),
    "getDeviceCommitment": Behaviour(get_commitment),
    "createToken": Behaviour(create_token),
}

"""Reading one device, which only the list shows: found once, then looked up by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.types import Exchange

RUNTIME = "runtime-name"
DEVICE = "device-id"
APPLICATION = "application-name"
LARGE = 500
MOST_PAGES = 200


def runtime_path(context: Context) -> dict[str, str]:
    """The path parameters of the runtime's own lists."""
    return {RUNTIME: str(context.fixture("runtime"))}


def ask(
    context: Context,
    operation: str = "listDevices",
    query: Mapping[str, Any] | None = None,
    path: Mapping[str, str] | None = None,
    role: str | None = None,
) -> tuple[Exchange, dict[str, Any]]:
    """One page of a list, and the answer's value; Inconclusive when it is none."""
    path = {RUNTIME: path[RUNTIME]} if path else runtime_path(context)
    who: dict[str, Any] = {"role": role} if role else {}
    exchange = context.call(operation, path=path, query=query or {}, **who)
    value = exchange.json()
    if not exchange.ok or not isinstance(value, Mapping) or not isinstance(value.get("items"), list):
        raise Inconclusive(f"{operation} answered {exchange.status} without items")
    return exchange, dict(value)


def pages(
    context: Context, operation: str, query: Mapping[str, Any], **who: Any
) -> Iterator[tuple[Exchange, dict[str, Any]]]:
    """Page after page by its bookmark, until there is none."""
    asked = dict(query)
    for _ in range(MOST_PAGES):
        exchange, page = ask(context, operation, asked, **who)
        yield exchange, page
        following = page.get("nextPageBookmark")
        if not following or not page["items"]:
            return
        asked = {**query, "bookmark": following}


def ids(page: Mapping[str, Any]) -> list[Any]:
    """The ids of a page's items, in order."""
    return [item.get("id") for item in page["items"]]


def whole(context: Context, operation: str, query: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """All items of a list."""
    return [
        item for _, page in pages(context, operation, {"pageSize": LARGE, **(query or {})}) for item in page["items"]
    ]


def find(context: Context, path: Mapping[str, str], role: str | None = None) -> dict[str, Any] | None:
    """The device as the list shows it, or None when it shows none of this id."""
    where = context.once(("search", path[RUNTIME], path[DEVICE]), lambda: _search(context, path, role))
    for query in (where, {"pageSize": LARGE}):
        for _, page in pages(context, "listDevices", query, path=path, role=role):
            for item in page["items"]:
                if item.get("id") == path[DEVICE]:
                    return dict(item)
    return None


def _search(context: Context, path: Mapping[str, str], role: str | None) -> dict[str, Any]:
    """The query with which a device is found on few pages: none where it is on the first, else its name."""
    for number, (_, page) in enumerate(pages(context, "listDevices", {"pageSize": LARGE}, path=path, role=role)):
        for item in page["items"]:
            if item.get("id") != path[DEVICE]:
                continue
            name = item.get("deviceDisplayName") or next((user.get("str") for user in item.get("userIds", ())), None)
            small = number == 0 and len(page["items"]) <= 20
            return {} if small or not name else {"query": name}
    return {"pageSize": LARGE}


def device(context: Context, path: Mapping[str, str], role: str | None = None) -> dict[str, Any]:
    """The device, its applications by `appId`, and the copies of its status that they show apart from them.

    Raises:
        Inconclusive: the list does not show it.
    """
    item = find(context, path, role)
    if item is None:
        raise Inconclusive(f"the list does not show the device {path[DEVICE]}")
    parts = {str(part.get("appId")): dict(part) for part in item.get("applicationDeviceAssociations", ())}
    copies = {name: part.pop("deviceStatus", None) for name, part in parts.items()}
    users = sorted(item.get("userIds", ()), key=repr)
    return {**item, "applicationDeviceAssociations": parts, "deviceStatuses": copies, "userIds": users}


def application(context: Context, path: Mapping[str, str], role: str | None = None) -> dict[str, Any]:
    """An application on a device: its status, that of each of its versions, and everything else of the device."""
    whole_device = device(context, path, role)
    parts = whole_device.pop("applicationDeviceAssociations")
    own = {key: part for key, part in parts.items() if part.get("appName") == path[APPLICATION]}
    versions = {key: part.pop("status", None) for key, part in own.items()}
    return {
        "status": next(iter(versions.values()), None),
        "versions": versions,
        "application": own,
        "others": {key: part for key, part in parts.items() if key not in own},
        "device": whole_device,
    }


def _item(context: Context) -> Mapping[str, Any]:
    response = context.contract.operations["listDevices"].response(200)
    assert response is not None
    found: Mapping[str, Any] = response.content["application/json"].schema["properties"]["items"]["items"]
    return found


def device_shown(context: Context) -> Mapping[str, Any]:
    """The schema of what `device` gives."""
    item = _item(context)["properties"]
    part = item["applicationDeviceAssociations"]["items"]
    status = part["properties"]["deviceStatus"]
    mapped = {"applicationDeviceAssociations": _map(part), "deviceStatuses": _map(status)}
    return {"type": "object", "properties": {**item, **mapped}}


def application_shown(context: Context) -> Mapping[str, Any]:
    """The schema of what `application` gives."""
    item = _item(context)["properties"]
    part = item["applicationDeviceAssociations"]["items"]
    status = part["properties"]["status"]
    members = {"status": status, "versions": _map(status), "application": _map(part), "others": _map(part)}
    return {"type": "object", "properties": {**members, "device": device_shown(context)}}


def _map(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": schema}


def writable(operation: str) -> Any:
    """What a change of status can write, with the pointer under which `device` and `application` show it."""

    def members(context: Context) -> dict[str, Any]:
        body = context.contract.operations[operation].request_body
        assert body is not None
        status = body.content["application/json"].schema["properties"]["status"]
        return {"type": "object", "properties": {"status": {**status, "x-reads-as": "/status"}}}

    return members


# ---- objects that a target need not name


def other_device(context: Context) -> str:
    """Some device beside that of the target."""
    mine = context.fixture("device_id")
    for _, page in pages(context, "listDevices", {}):
        for item in page["items"]:
            if item.get("id") and item["id"] != mine:
                return str(item["id"])
    raise Skip("the runtime has no second device")


def application_name(context: Context) -> str:
    """Some application on the target's device."""
    item = find(context, {**runtime_path(context), DEVICE: str(context.fixture("device_id"))})
    for part in (item or {}).get("applicationDeviceAssociations", ()):
        if part.get("appName"):
            return str(part["appName"])
    raise Skip("the device has no application")


def transaction_id(context: Context) -> str:
    """Some transaction of the runtime."""
    _, page = ask(context, "listTransactions", {"pageSize": 1})
    if not page["items"]:
        raise Skip("the runtime has no transaction yet")
    return str(page["items"][0].get("id"))


def removable(context: Context) -> dict[str, str]:
    """Of the devices that the target does not name, the one that was seen least lately: the same one all the run."""
    found: dict[str, str] = context.once("device to remove", lambda: _removable(context))
    return dict(found)


def _removable(context: Context) -> dict[str, str]:
    named = {str(value) for name, value in context.target.fixtures.items() if name.endswith("device_id")}
    named.add(str(context.fixture("other_device_id")))
    _, page = ask(context)
    free = [item for item in page["items"] if item.get("id") not in named]
    if not free:
        raise Skip("there is no device beside those that the target names")
    oldest = min(free, key=lambda item: (str(item.get("lastAccessed")), str(item.get("id"))))
    return {**runtime_path(context), DEVICE: str(oldest["id"])}

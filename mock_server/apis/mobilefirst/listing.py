"""Reading: the pages of devices and of transactions, one transaction, the lock."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mock_server.apis.mobilefirst import devices, transactions
from mock_server.apis.mobilefirst.pages import PRODUCT_VERSION, Page
from mock_server.types import Document, Refused, Reply, Request, World

_DEVICE_ORDER: Mapping[str, Callable[[Document, datetime], Any]] = {
    "uid": lambda device, _: device["id"],
    "friendlyName": lambda device, _: str(device.get("deviceDisplayName") or ""),
    "deviceModel": lambda device, _: str(device.get("deviceModel", "")),
    "deviceEnvironment": lambda device, _: devices.environment(device),
    "status": devices.status,
    "lastAccessed": lambda device, _: str(device.get("lastAccessed", "")),
}
_TRANSACTION_ORDER: Mapping[str, str] = {
    "created": "timeCreated",
    "updated": "timeUpdated",
    "type": "type",
    "status": "status",
    "user": "userName",
    "server": "appServerId",
}


def list_devices(world: World, request: Request) -> Reply:
    """A page of the runtime's devices."""
    name = request.path["runtime-name"]
    devices.runtime(world, name, running=True)
    page = Page("devices", request.query)
    keys = _keys(world, devices.collection(name), request.query)
    page_of = (devices.find(world, name, key) for key in page.cut(keys))
    items = [devices.view(device, world.now) for device in page_of if device is not None]
    return Reply(200, page.around(items, len(keys)))


def shown_device(world: World, key: str, stored: Document) -> Document:
    """What listDevices would answer if the device stored under `key` were the only one."""
    device = devices.view(devices.named(key, stored), world.now)
    return Page("devices", {"pageSize": 1}).around([device], 1)


def _keys(world: World, collection: str, query: Mapping[str, Any]) -> list[str]:
    """The ids of all devices that the query asks for, in its order; documents are read only where they matter."""
    order, backwards = query["orderBy"].removeprefix("-"), query["orderBy"].startswith("-")
    wanted = query.get("query", "").casefold()
    if order == "uid" and not wanted:
        return sorted(world.keys(collection), reverse=backwards)
    by, now = _DEVICE_ORDER[order], world.now
    found = [
        (by(devices.named(key, device), now), key)
        for key, device in world.items(collection)
        if not wanted or _mentions(device, wanted)
    ]
    return [key for _, key in sorted(found, reverse=backwards)]


def _mentions(device: Document, text: str) -> bool:
    users = device.get("userIds")
    people = [user for user in users if isinstance(user, dict)] if isinstance(users, list) else []
    names = [device.get("deviceDisplayName") or "", *(user.get("str", "") for user in people)]
    return any(text in str(name).casefold() for name in names)


def list_transactions(world: World, request: Request) -> Reply:
    """A page of the runtime's transactions, or all of them as a file."""
    name = request.path["runtime-name"]
    devices.runtime(world, name)
    found = [item for item in world.items(transactions.TRANSACTIONS) if _runtime_of(item[1]) == name]
    order = request.query["orderBy"]
    member = _TRANSACTION_ORDER[order.removeprefix("-")]
    found.sort(key=lambda item: (str(item[1].get(member)), len(item[0]), item[0]), reverse=order.startswith("-"))
    everything = [transaction for _, transaction in found]
    if request.query["file"]:
        return _file([transactions.view(transaction) for transaction in everything], world.now)
    if request.query.get("mode") == "errors":
        everything = [transaction for transaction in everything if _erroneous(transaction)]
    page = Page("transactions", request.query)
    items = [transactions.view(transaction) for transaction in page.cut(everything)]
    return Reply(200, page.around(items, len(everything)))


def _runtime_of(transaction: Document) -> Any:
    project = transaction.get("project")
    return project.get("name") if isinstance(project, dict) else None


def _erroneous(transaction: Document) -> bool:
    return transaction.get("status") == "FAILURE" or bool(transaction.get("errors"))


def _file(everything: list[Document], now: datetime) -> Reply:
    """A zip file with one file of JSON in it. What the vendor's holds is not published."""
    content = json.dumps({"items": everything, "productVersion": PRODUCT_VERSION}, ensure_ascii=False, indent=2)
    year = min(max(now.year, 1980), 2107)  # what the format can hold
    info = zipfile.ZipInfo("transactions.json", (year, now.month, now.day, now.hour, now.minute, now.second))
    info.compress_type = zipfile.ZIP_DEFLATED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, content)
    disposition = {"Content-Disposition": 'attachment; filename="transactions.zip"'}
    return Reply(200, buffer.getvalue(), disposition, "application/zip")


def get_transaction(world: World, request: Request) -> Reply:
    """One transaction, without an envelope."""
    name = request.path["runtime-name"]
    devices.runtime(world, name)
    transaction = world.get(transactions.TRANSACTIONS, str(request.path["transaction-id"]))
    if transaction is None or _runtime_of(transaction) != name:
        raise Refused("unknown")
    return Reply(200, _alone(transaction))


def _alone(transaction: Document) -> Document:
    whole = {**transactions.view(transaction), "productVersion": PRODUCT_VERSION}
    return dict(sorted(whole.items()))


def shown_transaction(_world: World, _key: str, stored: Document) -> Document:
    """What getTransaction would answer for a stored transaction."""
    return _alone(stored)


def get_lock(world: World, request: Request) -> Reply:
    """Whether the runtime is at work."""
    name = request.path["runtime-name"]
    devices.runtime(world, name)
    return Reply(200, {"busy": transactions.busy(world, name)})


def shown_lock(_world: World, _key: str, stored: Document) -> Document:
    """What getLock would answer of stored queues. Raises ValueError for a step of theirs that has no moment."""
    entries = [entry for queue in stored["runtimes"].values() for entry in queue]
    for step in (stored, *entries):
        if entries and devices.moment(step["due"]) is None:
            raise ValueError(step)
    return {"busy": any(isinstance(entry["id"], int) for entry in entries)}

"""What each operation does: the table, and the three that change something."""

from collections.abc import Mapping

from mock_server.apis.mobilefirst import devices, transactions
from mock_server.apis.mobilefirst.listing import get_lock, get_transaction, list_devices, list_transactions
from mock_server.apis.mobilefirst.pages import PRODUCT_VERSION
from mock_server.types import Behaviour, Document, Refused, Reply, Request, World


def set_device_status(world: World, request: Request) -> Reply:
    """Change the status of a device and, with it, what its applications show of it."""
    device = _device(world, request)
    description = {"deviceId": device["id"], "status": request.body["status"]}
    return _change(world, request, "CHANGE_DEVICE_STATUS", description)


def remove_device(world: World, request: Request) -> Reply:
    """Forget a device."""
    device = _device(world, request)
    description = {"deviceId": device["id"], "status": devices.status(device, world.now)}
    return _change(world, request, "REMOVE_DEVICE", description)


def set_application_status(world: World, request: Request) -> Reply:
    """Enable or disable one application on one device."""
    device = _device(world, request)
    application = request.path["application-name"]
    if not devices.has_application(device, application):
        runtime_name = request.path["runtime-name"]
        raise Refused("unknown-application", application_name=application, runtime_name=runtime_name)
    description = {"appName": application, "deviceId": device["id"], "status": request.body["status"]}
    return _change(world, request, "CHANGE_DEVICE_APPLICATION_STATUS", description)


def _device(world: World, request: Request) -> Document:
    """The device that the path names. Raises Refused `unknown-parent` or `unknown`."""
    runtime_name = request.path["runtime-name"]
    devices.runtime(world, runtime_name)
    device = devices.find(world, runtime_name, request.path["device-id"])
    if device is None:
        raise Refused("unknown")
    return device


def _change(world: World, request: Request, kind: str, description: Document) -> Reply:
    transaction = transactions.begin(
        world,
        request.path["runtime-name"],
        kind,
        description,
        request.principal.name if request.principal else "",
        queued=request.query["async"],
        locale=request.query.get("locale", ""),
    )
    ok = transaction["status"] != "FAILURE"
    return Reply(200, {"ok": ok, "productVersion": PRODUCT_VERSION, "transaction": transactions.view(transaction)})


BEHAVIOURS: Mapping[str, Behaviour] = {
    "listDevices": Behaviour(list_devices),
    "setDeviceStatus": Behaviour(set_device_status),
    "removeDevice": Behaviour(remove_device),
    "setDeviceApplicationStatus": Behaviour(set_application_status),
    "listTransactions": Behaviour(list_transactions),
    "getTransaction": Behaviour(get_transaction),
    "getLock": Behaviour(get_lock),
}

"""Zequenze CONTROL: devices of an inventory, by serial number. The one table of this API."""

from mock_server.apis.zequenze.behaviour import BEHAVIOURS
from mock_server.apis.zequenze.fleet import DEVICES, populations
from mock_server.apis.zequenze.views import shown_record
from mock_server.types import Api, Example, Principal, Shown

_BEARER = "-H 'Authorization: Bearer zequenze-token'"

API = Api(
    id="zequenze",
    base_path="/zequenze/api/v1",
    behaviours=BEHAVIOURS,
    credentials={"zequenze-token": Principal("api", "zequenze-token")},
    populations=populations,
    subjects=("serial_number",),
    shows=(Shown(DEVICES, "getInventoryDeviceSerial", shown_record, id="serial_number"),),
    objects={"serial_number": "ABC123456789", "other_serial_number": "XYZ987654321"},
    examples=(
        Example(
            "Give a laptop to its user",
            f"-X PUT {_BEARER} -H 'Content-Type: application/json' "
            '-d \'{"status": "active", "assigned_user": "john.doe@company.com"}\' '
            "{base}/inventory_device_serial_operation/ABC123456789/",
        ),
        Example("Read a device's record", f"{_BEARER} {{base}}/inventory_device_serial/ABC123456789/"),
        Example(
            "List the devices that are up",
            f"{_BEARER} '{{base}}/inventory_device_serial/?status=true&limit=5'",
        ),
    ),
    target={
        "credentials": {"api": {"token": "zequenze-token"}},
        "fixtures": {
            "serial_number": "ABC123456789",
            "other_serial_number": "XYZ987654321",
            "missing_serial_number": "NOSUCHSERIAL",
        },
        "limits": {"settle_seconds": 1},
        "capabilities": {"robustness": True, "delete_devices": True},
    },
)

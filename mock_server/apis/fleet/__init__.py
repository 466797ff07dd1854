"""Fleet's platform API for devices: the one table that the double needs to know of it."""

from mock_server.apis.fleet.behaviour import BEHAVIOURS, shown_device
from mock_server.apis.fleet.fleet import ARCHIVED, DEVICES, KNOWN, OTHER, populations
from mock_server.apis.fleet.people import KNOWN_USER
from mock_server.types import Api, Example, Principal, Shown

_MISSING = "999999999"
_WRITE = "-H 'Authorization: Bearer fleet-write-key'"
_READ = "-H 'Authorization: Bearer fleet-read-key'"

API = Api(
    id="fleet",
    base_path="/fleet/platform/v1",
    behaviours=BEHAVIOURS,
    credentials={
        "fleet-write-key": Principal("write", "fleet-write-key"),
        "fleet-read-key": Principal("read", "fleet-read-key"),
    },
    populations=populations,
    subjects=("device_id",),
    shows=(Shown(DEVICES, "getDevice", shown_device, id="id"),),
    objects={
        "device_id": str(KNOWN),
        "forbidden_device_id": str(ARCHIVED),
        "user_id": str(KNOWN_USER),
    },
    examples=(
        Example("Read a device", f"{_READ} {{base}}/devices/42"),
        Example(
            "Change its keyboard layout",
            f"-X PATCH {_WRITE} -H 'Content-Type: application/json' "
            '-d \'{"keyboard_layout": "FRENCH_AZERTY"}\' {base}/devices/42',
        ),
        Example(
            "Find the MacBooks in use", f"{_READ} '{{base}}/devices?search=macbook&client_status=IN_SERVICE&limit=5'"
        ),
        Example(
            "Be refused: the device is archived",
            f"-X PATCH {_WRITE} -H 'Content-Type: application/json' -d '{{\"comment\": null}}' {{base}}/devices/13",
        ),
    ),
    target={
        "credentials": {"write": {"token": "fleet-write-key"}, "read": {"token": "fleet-read-key"}},
        "fixtures": {
            "device_id": str(KNOWN),
            "other_device_id": str(OTHER),
            "forbidden_device_id": str(ARCHIVED),
            "missing_device_id": _MISSING,
            "user_id": KNOWN_USER,
        },
        "limits": {"settle_seconds": 1},
        "capabilities": {"robustness": True, "create_devices": True, "delete_devices": True},
    },
)

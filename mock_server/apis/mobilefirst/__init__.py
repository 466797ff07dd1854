"""IBM MobileFirst Foundation administration: devices and transactions. The one table of this API."""

from mock_server.apis.mobilefirst.behaviour import BEHAVIOURS
from mock_server.apis.mobilefirst.devices import DEVICES
from mock_server.apis.mobilefirst.fleet import populations
from mock_server.apis.mobilefirst.listing import shown_device, shown_lock, shown_transaction
from mock_server.apis.mobilefirst.messages import translate
from mock_server.apis.mobilefirst.transactions import QUEUES, TRANSACTIONS, settle
from mock_server.types import Api, Example, Principal, Shown

_RUNTIME = "{base}/management-apis/2.0/runtimes/myruntime"

API = Api(
    id="mobilefirst",
    base_path="/mobilefirst/mfpadmin",
    behaviours=BEHAVIOURS,
    credentials={
        "admin:admin": Principal("admin", "admin"),
        "deployer:deployer": Principal("deployer", "deployer"),
        "demouser:demouser": Principal("operator", "demouser"),
        "monitor:monitor": Principal("monitor", "monitor"),
    },
    populations=populations,
    subjects=("device-id", "transaction-id", "runtime-name"),
    shows=(
        Shown(DEVICES, "listDevices", shown_device, id="id"),
        Shown(TRANSACTIONS, "getTransaction", shown_transaction, id="id"),
        Shown(QUEUES, "getLock", shown_lock),
    ),
    objects={"runtime": "myruntime", "device_id": "12345-6789", "application": "com.example.app"},
    examples=(
        Example(
            "Report a device lost",
            "-u demouser:demouser -X PUT -H 'Content-Type: application/json' -d '{\"status\": \"LOST\"}' "
            f"'{_RUNTIME}/devices/12345-6789?async=false&locale=de_DE'",
        ),
        Example("Find a user's devices", f"-u monitor:monitor '{_RUNTIME}/devices?query=Jeremy'"),
        Example(
            "What went wrong lately, as XML",
            f"-u monitor:monitor -H 'Accept: application/xml' '{_RUNTIME}/transactions?mode=errors&orderBy=-created'",
        ),
    ),
    target={
        "credentials": {
            "admin": {"username": "admin", "password": "admin"},
            "deployer": {"username": "deployer", "password": "deployer"},
            "operator": {"username": "demouser", "password": "demouser"},
            "monitor": {"username": "monitor", "password": "monitor"},
        },
        "fixtures": {
            "runtime": "myruntime",
            "device_id": "12345-6789",
            "other_device_id": "98765-4321",
            "application": "com.example.app",
            "missing_device_id": "no-such-device",
            "missing_runtime": "no-such-runtime",
        },
        "limits": {"settle_seconds": 5},
        "capabilities": {
            "robustness": True,
            "async_transactions": True,
            "xml": True,
            "application_status": True,
            "delete_devices": True,
        },
    },
    settle=settle,
    translate=translate,
)

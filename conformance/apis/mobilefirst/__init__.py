"""MobileFirst Foundation administration: what the suite must know beside the contract."""

from __future__ import annotations

from conformance.api import Api, Capability, Fixture, Listing, Resource, Role, Transactions
from conformance.apis.mobilefirst import reading
from conformance.apis.mobilefirst.checks import CHECKS

ENDED = ("SUCCESS", "FAILURE", "CANCELED")
UNDER_WAY = ("PENDING", "PREPARING", "COMMITTING", "REJECTING")

API = Api(
    id="mobilefirst",
    roles=(
        Role("admin", "basic", "a user in the role mfpadmin"),
        Role("deployer", "basic", "a user in the role mfpdeployer"),
        Role("operator", "basic", "a user in the role mfpoperator"),
        Role("monitor", "basic", "a user in the role mfpmonitor, who only reads"),
    ),
    fixtures=(
        Fixture("runtime", "the name of the runtime", example="myruntime"),
        Fixture("device_id", "a device whose status may be changed", example="12345-6789"),
        Fixture("other_device_id", "a device that is only looked at", optional=True),
        Fixture("application", "the name of an application on the device", optional=True, example="com.example.app"),
        Fixture("missing_device_id", "a device that does not exist", example="no-such-device"),
        Fixture("missing_runtime", "a runtime that does not exist", example="no-such-runtime"),
    ),
    capabilities=(
        Capability("robustness", True, "hostile but harmless requests"),
        Capability("async_transactions", True, "changes that are made after the answer"),
        Capability("xml", True, "answers in XML"),
        Capability("application_status", True, "disable and enable an application on the device"),
        Capability("delete_devices", False, "remove one device for good: of those not named here, the longest unseen"),
    ),
    bindings={
        "runtime-name": "runtime",
        "device-id": "device_id",
        "application-name": "application",
        "transaction-id": "transaction_id",
    },
    conditions={
        "unknown-parent": {"runtime-name": "missing_runtime"},
        "unknown": {"device-id": "missing_device_id"},
        "getTransaction:unknown": {"transaction-id": "=2147483600"},
        "unknown-application": {"application-name": "=no.such.application"},
    },
    needs={
        "setDeviceApplicationStatus": "capability:application_status",
        "removeDevice": "capability:delete_devices",
    },
    resources=(
        Resource(
            "device",
            write="setDeviceStatus",
            other={"device-id": "other_device_id"},
            volatile=("/lastAccessed",),
            coupled={"status": ("/deviceStatuses",)},
            members=reading.writable("setDeviceStatus"),
            read_back=reading.device,
            shown=reading.device_shown,
            answer=None,
        ),
        Resource(
            "application",
            write="setDeviceApplicationStatus",
            other={"device-id": "other_device_id"},
            volatile=("/device/lastAccessed",),
            coupled={"status": ("/versions",)},
            members=reading.writable("setDeviceApplicationStatus"),
            read_back=reading.application,
            shown=reading.application_shown,
            answer=None,
        ),
    ),
    lists=(
        Listing(
            "listDevices",
            items="/items",
            paging="bookmark",
            size="pageSize",
            position="bookmark",
            following="/nextPageBookmark",
            total="/totalListSize",
            page_size=30,
        ),
        Listing(
            "listTransactions",
            items="/items",
            paging="bookmark",
            size="pageSize",
            position="bookmark",
            following="/nextPageBookmark",
            single="getTransaction",
            parameter="transaction-id",
            page_size=7,
        ),
    ),
    transactions=Transactions(
        operations=("setDeviceStatus", "setDeviceApplicationStatus"),
        asks={"async": "true"},
        id="/transaction/id",
        read="getTransaction",
        parameter="transaction-id",
        state="/status",
        initial="/transaction/status",
        follows=dict.fromkeys(UNDER_WAY, (*UNDER_WAY, *ENDED)),
        final=ENDED,
        succeeded="SUCCESS",
    ),
    disposables={"removeDevice": reading.removable},
    finders={
        "other_device_id": reading.other_device,
        "application": reading.application_name,
        "transaction_id": reading.transaction_id,
    },
    checks=CHECKS,
)

"""Fleet: what its contract cannot say to the suite."""

from __future__ import annotations

from conformance.api import Api, Capability, Filter, Fixture, Listing, Resource, Role
from conformance.apis.fleet.checks import CHECKS
from conformance.apis.fleet.devices import APART, a_batch, forget, one_to_delete, remove_created, second_device

API = Api(
    id="fleet",
    roles=(
        Role("write", "token", "a platform key of the scope WRITE"),
        Role("read", "token", "a platform key of the scope READ"),
    ),
    fixtures=(
        Fixture("device_id", "a device that may be changed and is put back", example="42"),
        Fixture("other_device_id", "a second device, which stays as it is", optional=True, example="1"),
        Fixture("forbidden_device_id", "a device whose state forbids changes", example="13"),
        Fixture("missing_device_id", "a number that no device has", example="999999999"),
        Fixture("user_id", "a user of the workspace, for devices that the suite creates", kind=int, example=7),
    ),
    capabilities=(
        Capability("robustness", True, "hostile but harmless requests"),
        Capability("create_devices", False, "create devices; without delete_devices they stay"),
        Capability("delete_devices", False, "delete devices, only those that the suite created"),
    ),
    conditions={
        "unknown": {"device_id": "missing_device_id"},
        "updateDevice:immutable": {"device_id": "forbidden_device_id"},
    },
    values={"user_id": "user_id"},
    needs={"createDevices": "capability:create_devices", "deleteDevice": "capability:delete_devices"},
    apart=APART,
    bodies={"createDevices": a_batch},
    after={"createDevices": remove_created, "deleteDevice": forget},
    disposables={"deleteDevice": one_to_delete},
    finders={"other_device_id": second_device},
    resources=(
        Resource(
            "device",
            write="updateDevice",
            read="getDevice",
            other={"device_id": "other_device_id"},
            volatile=("/data/mdm/last_seen_date", "/data/mdm/last_sync_date"),
            watched={"getDevice": ("/data",)},
            guarded=frozenset(("compliance",)),
        ),
    ),
    lists=(
        Listing(
            "listDevices",
            items="/data",
            paging="offset",
            total="/meta/total",
            single="getDevice",
            parameter="device_id",
            single_at="/data",
            filters=(Filter("client_status", "/client_status"),),
            volatile=("/mdm/last_seen_date", "/mdm/last_sync_date"),
            page_size=23,
        ),
    ),
    checks=CHECKS,
)

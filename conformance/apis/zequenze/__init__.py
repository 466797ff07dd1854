"""Zequenze: what its contract cannot say to the suite."""

from __future__ import annotations

from conformance.api import Api, Capability, Filter, Fixture, Listing, Resource, Role
from conformance.apis.zequenze.checks import CHECKS
from conformance.apis.zequenze.devices import (
    DELETE,
    GUESSED,
    LIST,
    OPEN,
    OWN,
    PATCH,
    READ,
    WRITE,
    by_later_update,
    one_to_delete,
    same_name,
)

API = Api(
    id="zequenze",
    roles=(Role("api", "token", "an API token of the portal"),),
    fixtures=(
        Fixture("serial_number", "a device that may be changed and is put back", example="ABC123456789"),
        Fixture("other_serial_number", "a second one, written with the name it has alone", example="XYZ987654321"),
        Fixture("missing_serial_number", "a serial number that no device has", example="NOSUCHSERIAL"),
    ),
    capabilities=(
        Capability("robustness", True, "hostile but harmless requests"),
        Capability(
            "delete_devices", False, "remove one device for good: the last of the list's first page, no fixture"
        ),
    ),
    conditions={"unknown": {"serial_number": "missing_serial_number"}},
    needs={DELETE: "capability:delete_devices"},
    apart=GUESSED,
    bodies={PATCH: same_name},
    disposables={DELETE: one_to_delete},
    resources=(
        Resource(
            "device",
            write=WRITE,
            read_back=by_later_update,
            other={"serial_number": "other_serial_number"},
            volatile=("/updated_at", "/last_seen"),
            watched={READ: OWN},
            guarded=GUESSED - {"status"},
        ),
    ),
    lists=(
        Listing(
            LIST,
            items="/results",
            key="/serial_number",
            paging="next",
            following="/next",
            total="/count",
            single=READ,
            parameter="serial_number",
            query={"limit": "=100"},
            filters=(
                Filter("type", "/type"),
                Filter("organization", "/organization"),
                Filter("last_status_change_from", "/last_status_change", "since"),
            ),
            volatile=OPEN,
            page_size=7,
            most=30,
        ),
    ),
    checks=CHECKS,
)

"""MasSubscriptions: what its contract cannot say to the suite."""

from __future__ import annotations

from conformance.api import Api, Capability, Filter, Fixture, Listing, Resource, Role
from conformance.apis.masmovil import devices
from conformance.apis.masmovil.checks import CHECKS

API = Api(
    id="masmovil",
    roles=(Role("member", "token", "an access token that opens the organization"),),
    fixtures=(
        Fixture("org", "the organization of the token", example="yoigo"),
        Fixture("forbidden_org", "an organization that the token does not open"),
        Fixture("subscription_id", "a subscription of the organization (UUID)"),
        Fixture("device_id", "a device of the subscription that may be patched, and is put back (UUID)"),
        Fixture("other_device_id", "another device of the subscription, which may be patched, too", optional=True),
        Fixture("commitment_id", "a commitment of the device (UUID)", optional=True),
        Fixture("mac_address", "a MAC address by which the organization has a device"),
        Fixture("serial_number", "the serial number of the same device"),
        Fixture("missing_subscription_id", "a UUID that no subscription has"),
    ),
    capabilities=(
        Capability("robustness", True, "hostile but harmless requests"),
        Capability("add_devices", False, "add devices to the subscription: there is no way back"),
    ),
    bindings={
        "org": "org",
        "subscriptionId": "subscription_id",
        "deviceId": "device_id",
        "commitmentId": "commitment_id",
    },
    conditions={
        "foreign": {"org": "forbidden_org"},
        "unknown-parent": {"subscriptionId": "missing_subscription_id"},
        "unknown": {"deviceId": "=11111111-1111-4111-8111-111111111111"},
        "unknown-commitment": {"commitmentId": "=11111111-1111-4111-8111-111111111111"},
    },
    required_query={devices.SEARCH: {"mac_address": "mac_address"}},
    needs={devices.ADD: "capability:add_devices"},
    apart=frozenset({"id"}),
    bodies={devices.ADD: devices.least},
    finders={"other_device_id": devices.other_device, "commitment_id": devices.a_commitment},
    resources=(
        Resource(
            "device",
            write=devices.PATCH,
            read=devices.READ,
            other={"deviceId": "other_device_id"},
            watched={devices.READ: ("",)},
            members=devices.members,
            changes=devices.as_patch,
            restore=devices.put_back,
        ),
    ),
    lists=(
        Listing(
            devices.LIST,
            single=devices.READ,
            parameter="deviceId",
            filters=(Filter("mac_address", "/mac_address"),),
        ),
        Listing(
            devices.SEARCH,
            filters=(Filter("mac_address", "/mac_address"), Filter("serial_number", "/serial_number")),
        ),
    ),
    json_patch=devices.PATCH,
    checks=CHECKS,
)

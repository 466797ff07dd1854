"""MasSubscriptions: what its contract cannot say to the suite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.api import Api, Capability, Filter, Fixture, Listing, Resource, Role
from conformance.context import Context
from conformance.errors import Skip
from conformance.schemas import ABSENT, at

from .checks import CHECKS

IDENTITY = ("id", "commitments", "legacy_account_id", "catalogue_commercial_device_id")


def members(context: Context) -> dict[str, Any]:
    """What a patch may change: the device's own members, except those that other systems go by."""
    schema = context.contract.operations["getSubscriptionDevice"].response(200)
    assert schema is not None
    device = schema.content["application/json"].schema
    free = {name: node for name, node in device["properties"].items() if name not in IDENTITY}
    return {**device, "properties": free}


def as_patch(context: Context, changes: Mapping[str, Any], before: Any) -> list[dict[str, Any]]:  # noqa: ARG001
    """Changes of members as a JSON Patch; ABSENT takes a member away that is there."""
    operations: list[dict[str, Any]] = []
    for name, value in changes.items():
        if value is ABSENT:
            operations.append({"op": "remove", "path": f"/{name}"})
        else:
            operations.append({"op": "add", "path": f"/{name}", "value": value})
    return operations


def other_device(context: Context) -> str:
    """Another device of the subscription, found in its list."""
    exchange = context.call("listSubscriptionDevices")
    for device in exchange.json() or []:
        found = at(device, "/id")
        if isinstance(found, str) and found != context.fixture("device_id"):
            return found
    raise Skip("the subscription has no second device")


def a_commitment(context: Context) -> str:
    """The first commitment of the device."""
    found = at(context.call("getSubscriptionDevice").json(), "/commitments/0/id")
    if not isinstance(found, str):
        raise Skip("the device has no commitment")
    return found


API = Api(
    id="masmovil",
    roles=(Role("member", "token", "an access token of the organization"),),
    fixtures=(
        Fixture("org", "the organization of the token", example="yoigo"),
        Fixture("forbidden_org", "an organization that the token does not open"),
        Fixture("subscription_id", "a subscription of the organization (uuid)"),
        Fixture("device_id", "a device of it that may be patched, and is put back (uuid)"),
        Fixture("other_device_id", "another device of it, which is only read (uuid)", optional=True),
        Fixture("commitment_id", "a commitment of the device (uuid)", optional=True),
        Fixture("mac_address", "the MAC address of the device"),
        Fixture("serial_number", "the serial number of the device"),
        Fixture("missing_subscription_id", "a uuid that no subscription and no device has"),
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
        "unknown": {"deviceId": "missing_subscription_id"},
        "unknown-commitment": {"commitmentId": "missing_subscription_id"},
    },
    required_query={"searchDevices": {"mac_address": "mac_address"}},
    needs={"addSubscriptionDevice": "capability:add_devices"},
    finders={"other_device_id": other_device, "commitment_id": a_commitment},
    resources=(
        Resource(
            "device",
            write="patchSubscriptionDevice",
            read="getSubscriptionDevice",
            other={"deviceId": "other_device_id"},
            members=members,
            changes=as_patch,
        ),
    ),
    lists=(
        Listing(
            "listSubscriptionDevices",
            single="getSubscriptionDevice",
            parameter="deviceId",
            filters=(Filter("mac_address", "/mac_address"),),
        ),
        Listing(
            "searchDevices",
            filters=(Filter("mac_address", "/mac_address"),),
        ),
    ),
    json_patch="patchSubscriptionDevice",
    checks=CHECKS,
)

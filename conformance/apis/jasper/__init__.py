"""Control Center (Jasper): what its contract cannot say to the suite."""

from __future__ import annotations

from conformance.api import Api, Capability, Filter, Fixture, Listing, Resource, Role

from .asking import CUSTOM, recently
from .checks import CHECKS
from .editing import harmless_body, present_customer

BEFORE_ACTIVATION = ("TEST_READY", "ACTIVATION_READY", "INVENTORY")
"""A device comes from one of these to another only where it may leave them altogether."""
ADDRESSES = frozenset(("ipv4Address", "ipv6Address", "apn", "pdpId"))

API = Api(
    id="jasper",
    roles=(
        Role("operator", "basic", "a user of the operator"),
        Role("account", "basic", "a user of the enterprise account"),
        Role("customer", "basic", "a user of a customer of the account"),
    ),
    fixtures=(
        Fixture("iccid", "a device that may be changed, and is put back"),
        Fixture("iccid_activated", "a device that is ACTIVATED (may be the same)"),
        Fixture("iccid_pre_activation", "a device that is not activated yet"),
        Fixture("missing_iccid", "an ICCID that no device has"),
        Fixture("rate_plans", "names of at least two rate plans", kind=list, example=["Plan A", "Plan B"]),
        Fixture("communication_plans", "names of at least two communication plans", kind=list, example=["A", "B"]),
        Fixture("customer_name", "the name of a customer"),
        Fixture("fixed_ip_communication_plan", "a communication plan with fixed addresses"),
        Fixture("taken_ipv4", "a fixed address that another device has"),
    ),
    capabilities=(
        Capability("robustness", True, "hostile but harmless requests"),
        Capability("custom_fields", True, "write custom fields"),
        Capability("fixed_ip", False, "assign fixed addresses"),
        Capability("scheduled_changes", False, "schedule changes: they cannot be called off"),
        Capability("status_changes", False, "change statuses (ACTIVATED and DEACTIVATED, and what is refused)"),
        Capability("irreversible_statuses", False, "leave pre-activation, retire and purge: there is no way back"),
    ),
    bindings={"apiVersion": "=1", "iccid": "iccid"},
    conditions={"unknown": {"iccid": "missing_iccid"}},
    values={
        "ratePlan": "rate_plans",
        "communicationPlan": "communication_plans",
        "customer": "customer_name",
        "modifiedSince": "modified_since",
    },
    required_query={"searchDevices": {"modifiedSince": "modified_since"}},
    finders={"modified_since": recently, "present_customer": present_customer},
    needs={
        **{f"property:{name}": "capability:custom_fields" for names in CUSTOM.values() for name in names},
        **{f"property:{name}": "capability:fixed_ip" for name in ADDRESSES},
        "property:status": "capability:status_changes",
        **{f"status={name}": "capability:irreversible_statuses" for name in BEFORE_ACTIVATION},
        "property:customer": "fixture:present_customer",
    },
    apart=ADDRESSES | {"effectiveDate"},
    bodies={"editDevice": harmless_body},
    resources=(
        Resource(
            "device",
            write="editDevice",
            read="getDeviceDetails",
            other={"iccid": "iccid_pre_activation"},
            volatile=("/dateUpdated",),
            watched={"getDeviceDetails": ("",), "getDeviceUsage": ("",)},
            coupled={"communicationPlan": ("/fixedIPAddress", "/fixedIpv6Address"), "status": ("/dateActivated",)},
            answer=None,
        ),
    ),
    lists=(
        Listing(
            "searchDevices",
            items="/devices",
            key="/iccid",
            paging="page",
            size="pageSize",
            position="pageNumber",
            last="/lastPage",
            single="getDeviceDetails",
            parameter="iccid",
            filters=(Filter("status", "/status"),),
            page_size=20,
            most=12,
        ),
    ),
    checks=CHECKS,
)

"""Cisco IoT Control Center (Jasper): SIM cards and their devices. The one table of this API."""

from mock_server.apis.jasper.behaviour import BEHAVIOURS
from mock_server.apis.jasper.fleet import DEVICES, populations
from mock_server.apis.jasper.history import AUDIT
from mock_server.apis.jasper.schedule import SCHEDULED, settle
from mock_server.apis.jasper.shown import shown_change, shown_device, shown_record, shown_usage
from mock_server.types import Api, Example, Principal, Shown

_JSON = "-X PUT -H 'Content-Type: application/json'"

API = Api(
    id="jasper",
    base_path="/jasper/rws/api",
    behaviours=BEHAVIOURS,
    credentials={
        "operator:operator-key": Principal("operator", "operator"),
        "account:account-key": Principal("account", "account"),
        "customer:customer-key": Principal("customer", "customer"),
    },
    populations=populations,
    subjects=("iccid",),
    shows=(
        Shown(DEVICES, "getDeviceDetails", shown_device, id="iccid"),
        Shown(DEVICES, "getDeviceUsage", shown_usage),
        Shown(AUDIT, "getDeviceAuditHistory", shown_record),
        Shown(SCHEDULED, "getDeviceAuditHistory", shown_change),
    ),
    objects={
        "iccid": "8988216716970004975",
        "iccid (TEST_READY)": "8988216716970004983",
        "iccid (INVENTORY)": "8988216716970004991",
        "iccid (with 10.20.30.40)": "8988216716970005006",
        "ratePlan": "Default Rate Plan, IoT 10MB",
        "communicationPlan": "Default Comm Plan, Fixed IP Plan",
        "customer": "Acme",
    },
    examples=(
        Example(
            "Change a device's rate plan",
            f'-u account:account-key {_JSON} -d \'{{"ratePlan": "IoT 10MB"}}\' {{base}}/v1/devices/8988216716970004975',
        ),
        Example("Read it", "-u account:account-key {base}/v1/devices/8988216716970004975"),
        Example("See what was changed", "-u account:account-key {base}/v1/devices/8988216716970004975/auditTrails"),
    ),
    target={
        "credentials": {
            "operator": {"username": "operator", "password": "operator-key"},
            "account": {"username": "account", "password": "account-key"},
            "customer": {"username": "customer", "password": "customer-key"},
        },
        "fixtures": {
            "iccid": "8988216716970004975",
            "iccid_activated": "8988216716970004975",
            "iccid_pre_activation": "8988216716970004983",
            "missing_iccid": "8988216716970009999",
            "rate_plans": ["Default Rate Plan", "IoT 10MB"],
            "communication_plans": ["Default Comm Plan", "Fixed IP Plan"],
            "customer_name": "Acme",
            "fixed_ip_communication_plan": "Fixed IP Plan",
            "taken_ipv4": "10.20.30.40",
        },
        "limits": {"settle_seconds": 1},
        "capabilities": {
            "robustness": True,
            "custom_fields": True,
            "fixed_ip": True,
            "scheduled_changes": True,
            "status_changes": True,
            "irreversible_statuses": True,
        },
    },
    settle=settle,
)

"""What an account has beside devices: rate plans, communication plans, customers. And the names of fields."""

from collections.abc import Mapping
from typing import Final

from mock_server.types import Document

ACCOUNT_ID: Final = "100020620"
MEGABYTE: Final = 1024 * 1024

RATE_PLANS: Mapping[str, Document] = {
    "Default Rate Plan": {"dataLimit": None},
    "IoT 10MB": {"dataLimit": 10 * MEGABYTE},
}
"""By name: the data limit of a billing cycle in bytes, or None for none."""

COMMUNICATION_PLANS: Mapping[str, Document] = {
    "Default Comm Plan": {"fixedAddresses": False},
    "Fixed IP Plan": {"fixedAddresses": True},
}
"""By name: whether devices of the plan may have fixed addresses."""

CUSTOMERS: Mapping[str, Document] = {"Acme": {}, "Globex Logistics": {}, "Northwind Energy": {}}

OPERATOR_FIELDS = tuple(f"operatorCustom{number}" for number in range(1, 6))
ACCOUNT_FIELDS = tuple(f"accountCustom{number}" for number in range(1, 11))
CUSTOMER_FIELDS = tuple(f"customerCustom{number}" for number in range(1, 6))
CUSTOM_FIELDS = frozenset((*OPERATOR_FIELDS, *ACCOUNT_FIELDS, *CUSTOMER_FIELDS))

BLANK: Document = {
    "iccid": "",
    "imsi": "",
    "msisdn": "",
    "imei": "",
    "status": "INVENTORY",
    "ratePlan": "Default Rate Plan",
    "communicationPlan": "Default Comm Plan",
    "customer": None,
    "endConsumerId": None,
    "dateActivated": None,
    "dateAdded": None,
    "dateUpdated": None,
    "dateShipped": None,
    "accountId": ACCOUNT_ID,
    "fixedIPAddress": None,
    "fixedIpv6Address": None,
    **dict.fromkeys((*OPERATOR_FIELDS, *ACCOUNT_FIELDS, *CUSTOMER_FIELDS), ""),
    "simNotes": None,
    "deviceID": None,
    "modemID": None,
    "globalSimType": "",
    "eid": None,
    "simProfileId": None,
    "_override": "DEFAULT",
    "_daily": [0, 0, 0, 0],
}
"""Every member of a device; those with `_` in front are not part of its details."""

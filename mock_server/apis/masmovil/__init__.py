"""MasSubscriptions: the devices of a subscription. The one table of this API."""

from mock_server.apis.masmovil.behaviour import BEHAVIOURS, shown_device, shown_subscription
from mock_server.apis.masmovil.fleet import (
    COMMITMENT_ID,
    DEVICE_ID,
    DEVICES,
    MAC_ADDRESS,
    ORG,
    OTHER_DEVICE_ID,
    SERIAL_NUMBER,
    SUBSCRIPTION_ID,
    SUBSCRIPTIONS,
    populations,
)
from mock_server.apis.masmovil.tokens import holder
from mock_server.types import Api, Example, Principal, Shown, World

_ORGS = (ORG,)
_TOKEN = "masmovil-token"
_BEARER = f"-H 'Authorization: Bearer {_TOKEN}'"
_DEVICE = f"{{base}}/orgs/{ORG}/subscriptions/{SUBSCRIPTION_ID}/devices/{DEVICE_ID}"


def _authenticate(world: World, credential: str) -> Principal | None:
    """The holder of a token from `POST /masmovil/token`: a member of the same organization."""
    return holder(world, credential, _ORGS)


API = Api(
    id="masmovil",
    base_path="/masmovil/v2",
    behaviours=BEHAVIOURS,
    credentials={_TOKEN: Principal("member", _TOKEN, {"orgs": _ORGS})},
    authenticate=_authenticate,
    populations=populations,
    subjects=("deviceId", "subscriptionId"),
    shows=(
        Shown(DEVICES, "getSubscriptionDevice", shown_device, id="id"),
        Shown(SUBSCRIPTIONS, "listSubscriptionDevices", shown_subscription),
    ),
    objects={
        "org": ORG,
        "forbidden org": "pepephone",
        "subscription": SUBSCRIPTION_ID,
        "device": DEVICE_ID,
        "other device": OTHER_DEVICE_ID,
        "commitment": COMMITMENT_ID,
        "MAC address": MAC_ADDRESS,
        "serial number": SERIAL_NUMBER,
    },
    examples=(
        Example(
            "Find a device by its MAC address", f"{_BEARER} '{{base}}/orgs/{ORG}/devices?mac_address={MAC_ADDRESS}'"
        ),
        Example("Read a device", f"{_BEARER} {_DEVICE}"),
        Example(
            "Change it by JSON Patch",
            f"-X PATCH {_BEARER} -H 'Content-Type: application/json-patch+json' "
            '-d \'[{"op": "replace", "path": "/shipping_order_id", "value": "18396"}]\' '
            f"{_DEVICE}",
        ),
    ),
    target={
        "credentials": {"member": {"token": _TOKEN}},
        "fixtures": {
            "org": ORG,
            "forbidden_org": "pepephone",
            "subscription_id": SUBSCRIPTION_ID,
            "device_id": DEVICE_ID,
            "other_device_id": OTHER_DEVICE_ID,
            "commitment_id": COMMITMENT_ID,
            "mac_address": MAC_ADDRESS,
            "serial_number": SERIAL_NUMBER,
            "missing_subscription_id": "11111111-1111-4111-8111-111111111111",
        },
        "limits": {"settle_seconds": 1},
        "capabilities": {"robustness": True, "add_devices": True},
    },
)

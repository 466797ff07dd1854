"""What patches mean to a device, whatever they say: its validity, its id, null, times, reasons, who may send them."""

from __future__ import annotations

from typing import Any

from conformance.answers import shown
from conformance.apis.masmovil import devices
from conformance.apis.masmovil.devices import Patch
from conformance.apis.masmovil.patches import TEXT, add, with_commitments
from conformance.apis.masmovil.sequences import difference, expect, expect_refusal
from conformance.context import Context
from conformance.errors import Skip
from conformance.jsontext import text_of
from conformance.schemas import ABSENT, Validator, at, same, shortened
from conformance.types import Exchange, Requirement

BAD_RESULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("an acquisition type that is not listed", add("/acquisition_type", "STOLEN")),
    ("an acquisition type in small letters", add("/acquisition_type", "borrowed")),
    ("no account", {"op": "remove", "path": "/legacy_account_id"}),
    ("no offer", {"op": "remove", "path": "/catalogue_commercial_device_id"}),
    ("an account that is text", {"op": "replace", "path": "/legacy_account_id", "value": "5652763"}),
    ("an account that is null", {"op": "replace", "path": "/legacy_account_id", "value": None}),
    ("a serial number that is a number", add("/serial_number", 17)),
    ("an amount that is text", add("/insurable_amount", "120.5")),
    ("a date that is none", add("/in_store_delivery_date", "2025-02-30T10:00:00Z")),
    ("a date in words", add("/in_store_returned_date", "yesterday")),
    ("commitments that are an object", add("/commitments", {})),
    ("a commitment that is text", add("/commitments", ["two years"])),
    ("manufacturing info that is text", add("/manufacturing_info", "9876543-AB-345")),
    ("a list instead of a device", {"op": "replace", "path": "", "value": []}),
    ("null instead of a device", {"op": "replace", "path": "", "value": None}),
)


def leaves_a_device(context: Context, requirement: Requirement) -> None:
    """After patches that ask for what is no device the device is still valid by the page's table; where the requirement
    names an answer, each of them gets that answer."""
    error = requirement.data.get("error")
    validator = Validator(devices.schema(context), "response")
    with context.keep(context.resource("device")) as before:
        for told, operation in BAD_RESULTS:
            exchange = devices.patched(context, [operation])
            if error is not None:
                context.expect_error(
                    exchange, error, f"A patch that leaves {told} is not refused as it must be", cause=told
                )
            problems = validator.problems(devices.device(context))
            if problems and error is None:
                context.fail(
                    f"A patch has left {told}.",
                    expected="a refusal, or a device that is still valid",
                    actual=f"{problems[0].pointer or 'the device'}: {problems[0].message}",
                    exchanges=(exchange,),
                    cause=f"invalid device {problems[0].pointer}",
                )
            if exchange.ok:
                devices.put_back(context, context.resource("device").path, before[""])


def refuses_inapplicable(context: Context, requirement: Requirement) -> None:
    """Operations without a target, with an impossible one, and tests that fail get the contract's answer."""
    error = requirement.data["error"]
    with context.keep(context.resource("device")):
        for operation in (
            {"op": "remove", "path": "/devicedouble_nowhere"},
            {"op": "replace", "path": "/devicedouble_nowhere", "value": 1},
            {"op": "copy", "from": "/devicedouble_nowhere", "path": TEXT},
            add("/devicedouble_nowhere/below", 1),
            add("/commitments/99", {}),
            {"op": "test", "path": "/legacy_account_id", "value": "devicedouble"},
        ):
            exchange = devices.patched(context, [operation])
            told = f"{operation['op']} at {operation['path']}"
            context.expect_error(exchange, error, f"{told} is not refused as it must be", cause="inapplicable")


def id_patches(context: Context) -> tuple[tuple[str, Patch], ...]:
    another = "22222222-2222-4222-8222-222222222222"
    return (
        ("replaces the id", [{"op": "replace", "path": "/id", "value": another}]),
        ("adds an id", [add("/id", another)]),
        ("removes the id", [{"op": "remove", "path": "/id"}]),
        ("moves the id away", [{"op": "move", "from": "/id", "path": TEXT}]),
        ("copies another id over it", [add(TEXT, another), {"op": "copy", "from": TEXT, "path": "/id"}]),
    )


def keeps_id(context: Context, requirement: Requirement) -> None:
    """Whatever a patch says of the id, the device is found under its own, and shows it; no other appears."""
    key = str(context.fixture("device_id"))
    _, items = devices.listed(context)
    with context.keep(context.resource("device")) as before:
        for told, patch in id_patches(context):
            exchange = devices.patched(context, patch)
            now = context.call(devices.READ)
            if not now.ok or str(at(now.json(), "/id")).lower() != key.lower():
                _id_moved(context, told, exchange, now)
                return
            if exchange.ok:
                devices.put_back(context, context.resource("device").path, before[""])
        _, after = devices.listed(context)
        if sorted(devices.ids(items)) != sorted(devices.ids(after)):
            context.fail(
                "Patches of the id have changed which devices the subscription has.",
                expected=f"{len(items)} devices, as before",
                actual=shortened(", ".join(devices.ids(after))),
                cause="id changed list",
            )


def _id_moved(context: Context, told: str, exchange: Exchange, now: Exchange) -> None:
    context.fail(
        f"A patch that {told} has changed under which id the device stands.",
        expected=f"id = {context.fixture('device_id')}",
        actual=shown(now, 120) if not now.ok else f"id = {text_of(at(now.json(), '/id'))}",
        exchanges=(exchange, now),
        cause="id changed",
    )


def refuses_id(context: Context, requirement: Requirement) -> None:
    """A patch after which the device would have another id, or none, gets the contract's answer."""
    with context.keep(context.resource("device")):
        for told, patch in id_patches(context):
            exchange = devices.patched(context, patch)
            context.expect_error(
                exchange,
                requirement.data["error"],
                f"A patch that {told} is not refused as it must be",
                cause="immutable",
            )


def amount_null(context: Context, requirement: Requirement) -> None:
    """The insurable amount is set to numbers and to null, and each is shown; null is not 0."""
    with context.keep(context.resource("device")):
        for value in (120.5, None, 0, 300, None):
            if not expect(context, [add("/insurable_amount", value)], f"add of the insurable amount {text_of(value)}"):
                continue
            found = at(devices.device(context), "/insurable_amount")
            if value is None and found is not ABSENT and found is not None:
                context.fail(
                    "An amount of null is shown as another.",
                    expected="null",
                    actual=text_of(found),
                    cause="null amount",
                )
        expect(
            context,
            [add("/insurable_amount", None), {"op": "test", "path": "/insurable_amount", "value": None}],
            "a test of null against null",
        )
        expect_refusal(
            context,
            [add("/insurable_amount", 0), {"op": "test", "path": "/insurable_amount", "value": None}],
            "a test of 0 against null",
        )


TIMES = ("2025-01-05T03:30:15Z", "2024-02-29T23:59:59Z", "2025-01-05T05:30:15+02:00", "2025-07-01T00:00:00-05:00")


def patch_times(context: Context, requirement: Requirement) -> None:
    """Times in UTC and with offsets are shown as the moments that they are, however they are written."""
    with context.keep(context.resource("device")):
        for name in ("in_store_delivery_date", "in_store_returned_date"):
            for text in TIMES:
                expect(context, [add(f"/{name}", text)], f"add of {name} {text}")


def patch_media_type(context: Context, requirement: Requirement) -> None:
    """A patch is taken in this media type, with and without a charset, and carried out."""
    kind = requirement.data["media_type"]
    with context.keep(context.resource("device")):
        for media_type in (kind, f"{kind}; charset=utf-8"):
            value = f"as {context.random.randint(100, 999)}"
            exchange = devices.patched(context, [add(TEXT, value)], media_type=media_type)
            if not context.expect_success(exchange, f"A patch sent as {media_type} is refused."):
                continue
            now = at(devices.device(context), TEXT)
            if not same(now, value):
                context.fail(
                    f"A patch sent as {media_type} is not carried out.",
                    expected=value,
                    actual=text_of(now),
                    exchanges=(exchange,),
                    cause=f"media type {kind}",
                )


def patch_reason(context: Context, requirement: Requirement) -> None:
    """The vendor's own operation, with its reason, is carried out on a commitment; the reason shows nowhere."""
    reason = "SUBSCRIBER_REQUESTED"
    with with_commitments(context):
        patch = [{**add("/commitments/0/cancellation_system", "killflex.auth.masmovil.com"), "reason": reason}]
        expect(context, patch, "an operation with a reason")
        if reason in text_of(devices.device(context)):
            context.fail("The reason of an operation shows in the device.", expected="no trace", actual=reason)


def refused_callers_change_nothing(context: Context, requirement: Requirement) -> None:
    """Patches that would change the device, by nobody, with a wrong token, by the path of another organization or of a
    subscription that does not exist, leave it as it was."""
    operation = context.contract.operations[devices.PATCH]
    with context.keep(context.resource("device")):
        before = devices.device(context)
        ways: list[tuple[str, dict[str, Any]]] = [
            ("without a token", {"role": None}),
            ("with a wrong token", {"role": None, "authorization": "Bearer devicedouble-not-a-token"}),
        ]
        for word in ("foreign", "unknown-parent"):
            try:
                ways.append((f"by the path of {word}", {"path": context.path_of(operation, word)}))
            except Skip:
                continue
        for told, request in ways:
            exchange = devices.patched(context, [add(TEXT, f"intruder {told}")], **request)
            pointer = difference(before, devices.device(context), devices.schema(context))
            if pointer is not None:
                context.fail(
                    f"A patch {told} has changed {pointer}.",
                    expected="nothing changed",
                    actual=f"{exchange.status}, and {pointer} differs",
                    exchanges=(exchange,),
                    cause=f"intruder {told}",
                )
                devices.put_back(context, context.resource("device").path, before)

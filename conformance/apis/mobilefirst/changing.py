"""Requests for a change: those that the page shows, those in other forms, and those that must change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.answers import shown
from conformance.apis.mobilefirst.reading import DEVICE, device, find, whole
from conformance.apis.mobilefirst.telling import Step, readable, writers
from conformance.checks.refusals.sending import guarded
from conformance.checks.security import wrong_authorizations
from conformance.context import Context
from conformance.errors import Inconclusive
from conformance.types import Exchange, Requirement

# ---- requests that go well


def published_request(context: Context, requirement: Requirement) -> None:
    """`?async=false&locale=de_DE` with `{"status": "LOST"}`, as the page shows it, is carried out."""
    handle = context.resource("device")
    with context.keep(handle):
        body = b'{\n  "status" : "LOST"\n}'
        query = {"async": "false", "locale": "de_DE"}
        exchange = context.call(str(requirement.operation), path=handle.path, query=query, raw=body)
        context.case()
        if context.expect_success(exchange) and (found := device(context, handle.path)["status"]) != "LOST":
            context.fail("The device is not LOST.", expected="LOST", actual=str(found), exchanges=(exchange,))


def takes_content_type(context: Context, requirement: Requirement) -> None:
    """A body declared with a charset, or with the media type in capitals, is taken like plain application/json."""
    handle = context.resource_written_by(str(requirement.operation))
    assert handle is not None
    with context.keep(handle):
        for kind in ("application/json;charset=UTF-8", "application/json; charset=utf-8", "Application/JSON"):
            body = handle.harmless()
            exchange = context.call(str(requirement.operation), path=handle.path, body=body, media_type=kind)
            context.case()
            context.expect_success(exchange, f"A body declared as {kind} is refused.")


def xml_answer(context: Context, requirement: Requirement) -> None:
    """A change answered in XML says the same of its transaction as the transaction says of itself in JSON."""
    operation = context.contract.operations[str(requirement.operation)]
    media = operation.responses["200"].content
    for kind in ("application/xml", "text/xml"):
        exchange, path = _changed_in(context, operation.id, kind)
        context.case()
        if not context.expect_success(exchange):
            continue
        if exchange.media_type != kind:
            context.fail("The answer is no XML.", expected=kind, actual=exchange.media_type, exchanges=(exchange,))
            continue
        try:
            told = context.run.judge.value(exchange, media[kind]).get("transaction", {})
        except ValueError as error:
            context.fail(f"{error}.", expected="XML", actual=shown(exchange), exchanges=(exchange,), cause="not xml")
            continue
        step = Step(operation.id, path, "", None, exchange, None, told)
        difference = readable(context, step)
        if difference is not None:
            wanted, found = difference
            context.fail(
                "The XML says something else than the transaction in JSON.",
                expected=str(found),
                actual=str(wanted),
                exchanges=(exchange,),
                cause=f"{operation.id} xml differs",
            )


def _changed_in(context: Context, operation: str, kind: str) -> tuple[Exchange, Mapping[str, str]]:
    """A change that is answered in this media type."""
    handle = context.resource_written_by(operation)
    assert handle is not None
    with context.keep(handle):
        return context.call(operation, path=handle.path, body=handle.harmless(), accept=kind), handle.path


def applications_stay(context: Context, requirement: Requirement) -> None:
    """A disabled application is still disabled, and an enabled one enabled, after each change of its device."""
    handle, application = context.resource("device"), context.resource("application")
    with context.keep(handle), context.keep(application) as before:
        now = before[""]["status"]
        for own in sorted(("ENABLED", "DISABLED"), key=lambda status: status == now):
            if not application.write({"status": own}).ok:
                raise Inconclusive(f"the application could not be made {own}")
            for status in handle.members["status"].schema["enum"]:
                exchange = handle.write({"status": status})
                context.case()
                found = application.read()[""]["status"]
                if found != own:
                    context.fail(
                        f"Making the device {status} changes the status of an application on it.",
                        expected=own,
                        actual=str(found),
                        exchanges=(exchange,),
                        cause="application moves along",
                    )
                    application.write({"status": own})


def strangers_stay(context: Context, requirement: Requirement) -> None:
    """While the device becomes LOST, STOLEN and DISABLED, no other device of the runtime becomes that."""
    handle = context.resource("device")

    def others() -> dict[str, Any]:
        items = whole(context, "listDevices")
        return {str(item.get("id")): item.get("status") for item in items if item.get("id") != handle.path[DEVICE]}

    with context.keep(handle) as now:
        for value in ("LOST", "STOLEN", "DISABLED"):  # None of them comes about by itself.
            if value == now[""]["status"]:
                continue
            before = others()
            exchange = handle.write({"status": value})
            if not exchange.ok:
                continue
            context.case()
            moved = [name for name, status in others().items() if status == value != before.get(name, value)]
            for name in moved:
                path = {**handle.path, DEVICE: name}
                context.call("setDeviceStatus", path=path, body={"status": before[name]}, judged=False)
            if moved:
                context.fail(
                    f"Making one device {value} has made another one so.",
                    expected="all others as they were",
                    actual=f"{', '.join(moved[:3])} {value}, too",
                    exchanges=(exchange,),
                    cause="other device moves along",
                )


# ---- requests that are refused


def refusal_keeps_status(context: Context, requirement: Requirement) -> None:
    """A change asked for without a credential, with a wrong one, or in a reading role leaves the device as it is."""
    operation = context.contract.operations[str(requirement.operation)]
    handle = context.resource_written_by(operation.id)
    assert handle is not None
    readers = [name for name in context.roles() if name not in writers(context, operation.id)]
    callers: list[dict[str, Any]] = [{"role": name} for name in readers]
    wrong = [None, *wrong_authorizations(context, "wrong-credential", operation)]
    callers += [{"role": None, "authorization": value} for value in wrong]
    with context.keep(handle) as before:
        now = before[""]["status"]
        value = next(one for one in handle.members["status"].schema["enum"] if one != now)
        for caller in callers:
            exchange = context.call(operation.id, path=handle.path, body={"status": value}, **caller)
            if exchange.ok:
                continue  # That it was let in is another requirement's matter.
            context.case()
            found = handle.read()[""]["status"]
            if found != now:
                context.fail(
                    "A refused change was made.",
                    expected=f"{exchange.status}, and still {now}",
                    actual=str(found),
                    exchanges=(exchange,),
                    cause=f"{operation.id} refused but made",
                )


def unknown_is_not_made(context: Context, requirement: Requirement) -> None:
    """After a change of a device that does not exist, it does still not exist."""
    operation = context.contract.operations[str(requirement.operation)]
    path = context.path_of(operation, "unknown")
    body = {"status": "LOST" if operation.id == "setDeviceStatus" else "DISABLED"}
    exchange = context.call(operation.id, path=path, body=body)
    context.case()
    if find(context, path) is not None:
        context.fail(
            "Changing a device that does not exist has made it.",
            expected="404, and no such device",
            actual=f"{exchange.status}, and {path[DEVICE]} is in the list",
            exchanges=(exchange,),
        )


def locale_is_words(context: Context, requirement: Requirement) -> None:
    """Whatever `locale` says, an unknown device is 404 and an invalid payload 400, as without it."""
    operation = context.contract.operations[str(requirement.operation)]
    missing = context.path_of(operation, "unknown")
    for locale in ("de_DE", "fr", "en_US", "zz_ZZ"):
        for path, body, status in ((missing, {"status": "LOST"}, 404), (None, {"status": "NO_SUCH_VALUE"}, 400)):
            if path is None:
                exchange = guarded(context, operation, body=body, query={"locale": locale})
            else:
                exchange = context.call(operation.id, path=path, body=body, query={"locale": locale})
            context.case()
            if exchange.status != status:
                context.fail(
                    f"With locale={locale} another refusal comes.",
                    expected=str(status),
                    actual=shown(exchange, 120),
                    exchanges=(exchange,),
                    cause=f"locale {status}",
                )


def refuses_raw(context: Context, requirement: Requirement) -> None:
    """These very bytes as a payload are refused as an invalid payload."""
    operation = context.contract.operations[str(requirement.operation)]
    for text in requirement.data["payloads"]:
        exchange = guarded(context, operation, raw=text.encode())
        context.case()
        context.expect_error(exchange, "INVALID_PAYLOAD", f"{text} is not refused", cause=f"{operation.id} raw")

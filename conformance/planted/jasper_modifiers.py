"""The modifiers behind the planted faults of Control Center: what a hurried developer's code does, a function each."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.planted.faults import Answer, Call, Forward, Modifier
from conformance.planted.tools import answer_with, honest, on

EDIT, DETAILS, SEARCH = "editDevice", "getDeviceDetails", "searchDevices"
HISTORY, USAGE = "getDeviceAuditHistory", "getDeviceUsage"
Test = Callable[[dict[str, Any]], bool]


def user(call: Call) -> str:
    """The user name of a call's credential."""
    try:
        return base64.b64decode((call.header("Authorization") or "").partition(" ")[2]).decode().partition(":")[0]
    except ValueError:
        return ""


def body_of(call: Call) -> dict[str, Any]:
    value = call.json()
    return value if isinstance(value, dict) else {}


def has(*names: str) -> Test:
    return lambda body: any(name in body for name in names)


def server_now(call: Call, forward: Forward) -> datetime:
    """The server's own time, as the history of a device tells it."""
    told = forward(call.to("GET", "/v1/devices/8988216716970004975/auditTrails?pageSize=1")).json() or {}
    return datetime.fromisoformat(told["timestamp"]) if "timestamp" in told else datetime.now(UTC)


def days_ahead(call: Call, forward: Forward) -> int:
    """How far ahead the date of a change is; 0 for none."""
    found = re.match(r"\d{4}-\d\d-\d\d", str(body_of(call).get("effectiveDate", "")))
    try:
        return (datetime.fromisoformat(found[0]).date() - server_now(call, forward).date()).days if found else 0
    except ValueError:
        return 0


def ahead(test: Callable[[int], bool], modifier: Modifier) -> Modifier:
    """`modifier` for changes whose date is so many days ahead."""
    return lambda call, forward: (modifier if test(days_ahead(call, forward)) else honest)(call, forward)


def done(call: Call, status: int = 200) -> Answer:
    """The answer to a change that was made, or is said to be."""
    return Answer(status).with_json({"iccid": call.path.get("iccid", "")})


def error(code: str, status: int = 400) -> Answer:
    return Answer(status).with_json({"errorMessage": "Refused", "errorCode": code})


def refused(test: Test, code: str = "10000028", *, by: str | None = None) -> Modifier:
    """Changes for which `test` holds (of this user alone) are refused."""
    body = {"errorMessage": "Refused", "errorCode": code}
    return on(EDIT, answer_with(400, body, when=lambda call: test(body_of(call)) and by in (None, user(call))))


def taken(test: Test) -> Modifier:
    """Changes for which `test` holds are answered as if they were made, when they are refused."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        return done(call) if answer.status in (400, 404) and test(body_of(call)) else answer

    return on(EDIT, modifier)


def coded(
    old: str, new: str, status: int | None = None, *, test: Test = lambda _: True, by: str | None = None
) -> Modifier:
    """Another code (and status) in place of the right one, for this user alone."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        value = answer.json()
        if not isinstance(value, dict) or value.get("errorCode") != old or by not in (None, user(call)):
            return answer
        if not test(body_of(call)):
            return answer
        return answer.with_json({**value, "errorCode": new}, status)

    return modifier


def rewriting(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Modifier:
    """Changes are read otherwise than they were sent."""

    def modifier(call: Call, forward: Forward) -> Answer:
        body = body_of(call)
        return forward(call.with_json(change(body))) if body else forward(call)

    return on(EDIT, modifier)


def values(change: Callable[[str, Any], Any]) -> Modifier:
    """Each value of a change becomes another."""
    return rewriting(lambda body: {name: change(name, value) for name, value in body.items()})


def asked(operations: str | Iterable[str], change: Callable[[dict[str, str]], Mapping[str, str]]) -> Modifier:
    """Reads with another query than was sent."""
    return on(operations, lambda call, forward: forward(call.with_query(change(call.query))))


def without(*names: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda query: {name: value for name, value in query.items() if name not in names}


def as_operator(test: Callable[[Call], bool]) -> Modifier:
    """The user's kind is not looked at when `test` holds."""
    right = "Basic " + base64.b64encode(b"operator:operator-key").decode()

    def modifier(call: Call, forward: Forward) -> Answer:
        known = user(call) in ("account", "customer")
        return forward(call.with_header("Authorization", right) if known and test(call) else call)

    return modifier


def numbered(call: Call, forward: Forward) -> Answer:
    """The codes of errors are numbers."""
    answer = forward(call)
    value = answer.json()
    if isinstance(value, dict) and "errorCode" in value:
        return answer.with_json({**value, "errorCode": int(value["errorCode"])})
    return answer


# ---- changes


def member_by_member(call: Call, forward: Forward) -> Answer:
    """Written one after another until one fails; what was written before stays written."""
    answer = forward(call)
    if answer.status in (400, 404):
        for name, value in body_of(call).items():
            if forward(call.with_json({name: value})).status >= 400:
                break
    return answer


def role_checked_late(call: Call, forward: Forward) -> Answer:
    """What the user may write is written before the rest is refused."""
    answer = forward(call)
    if answer.status == 400 and user(call) in ("account", "customer"):
        rest = {name: value for name, value in body_of(call).items() if "Custom" not in name}
        if rest:
            forward(call.with_json(rest))
    return answer


def emptied_when_idle(call: Call, forward: Forward) -> Answer:
    """Who is out of use needs no fields."""
    answer = forward(call)
    if answer.ok and body_of(call).get("status") == "DEACTIVATED":
        forward(call.with_json({"accountCustom1": ""}))
    return answer


def refused_later() -> Modifier:
    """A refused change stays in the session, and is written with the next one."""
    left: dict[str, dict[str, Any]] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        number, body = call.path.get("iccid", ""), body_of(call)
        answer = forward(call)
        if answer.status == 400 and body:
            left[number] = {name: value for name, value in body.items() if name in ("deviceID", "accountCustom1")}
        elif answer.ok and left.get(number):
            forward(
                call.with_json({name: value for name, value in left.pop(number).items() if name not in body} or body)
            )
        return answer

    return on(EDIT, modifier)


def another_too(call: Call, forward: Forward) -> Answer:
    """The device after it in the table gets the same."""
    answer = forward(call)
    if answer.ok and call.path.get("iccid") == "8988216716970004975":
        forward(call.with_(target=call.target.replace("4975", "4983")))
    return answer


def early(test: Test) -> Modifier:
    """A change for a later day is accepted for then, and made at once."""

    def modifier(call: Call, forward: Forward) -> Answer:
        body = body_of(call)
        answer = forward(call)
        if answer.status == 202 and test(body):
            forward(call.with_json(at_once(body)))
        return answer

    return on(EDIT, modifier)


def accepted(call: Call, forward: Forward) -> Answer:  # noqa: ARG001
    """The change is said to be scheduled."""
    return done(call, 202)


def at_once(body: Mapping[str, Any]) -> dict[str, Any]:
    """The change without its date."""
    return {name: value for name, value in body.items() if name != "effectiveDate"}


def version_ignored(call: Call, forward: Forward) -> Answer:
    return forward(call.with_(target=re.sub(r"^/v[^/]+", "/v1", call.target)))


def also_version(*names: str) -> Modifier:
    """These versions are answered as the first is."""
    known = re.compile(rf"^/v({'|'.join(map(re.escape, names))})(?=/)")

    def modifier(call: Call, forward: Forward) -> Answer:
        return forward(call.with_(target=known.sub("/v1", call.target)))

    return modifier


def not_remembered(call: Call, forward: Forward) -> Answer:
    """Whether an address is taken is looked up among those of the first day."""
    answer = forward(call)
    value = answer.json()
    if isinstance(value, dict) and value.get("errorCode") == "10000517":
        return answer if body_of(call).get("ipv4Address") == "10.20.30.40" else done(call)
    return answer


def own_address_taken() -> Modifier:
    """Whoever asks for an address that is assigned is refused, also the device that has it."""
    given: set[str] = set()

    def modifier(call: Call, forward: Forward) -> Answer:
        address = body_of(call).get("ipv4Address")
        if address in given:
            return error("10000517")
        answer = forward(call)
        if answer.ok and address:
            given.add(address)
        return answer

    return on(EDIT, modifier)


# ---- reads


def edited(operations: str | Iterable[str], change: Callable[[Call, dict[str, Any]], Any]) -> Modifier:
    """Successful answers are shown otherwise."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        value = answer.json()
        return answer.with_json(change(call, value)) if answer.ok and isinstance(value, dict) else answer

    return on(operations, modifier)


def frozen(operation: str, *names: str) -> Modifier:
    """These members go on showing what they showed first."""
    first: dict[str, dict[str, Any]] = {}

    def change(call: Call, value: dict[str, Any]) -> dict[str, Any]:
        known = first.setdefault(call.path.get("iccid", ""), {})
        for name in names:
            if name in value:
                known.setdefault(name, value[name])
        return {**value, **{name: known[name] for name in names if name in value}}

    return edited(operation, change)


def undated(*names: str) -> Modifier:
    """A change of these members alone leaves the date of the last change as it was."""
    dates: dict[str, Any] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        number = call.path.get("iccid", "")
        if call.operation == EDIT:
            before = (forward(call.to("GET", call.target)).json() or {}).get("dateUpdated")
            answer = forward(call)
            if answer.ok and set(body_of(call)) == set(names):
                dates.setdefault(number, before)
            elif answer.ok:
                dates.pop(number, None)
            return answer
        answer = forward(call)
        if call.operation == DETAILS and answer.ok and number in dates:
            return answer.with_json({**answer.json(), "dateUpdated": dates[number]})
        return answer

    return modifier


def rows(operation: str, change: Callable[[Call, list[dict[str, Any]]], list[dict[str, Any]]]) -> Modifier:
    """The items of a page are others."""
    name = "devices" if operation == SEARCH else "deviceAuditTrails"
    return edited(operation, lambda call, page: {**page, name: change(call, page.get(name, []))})


def each(operation: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Modifier:
    return rows(operation, lambda _, items: [change(item) for item in items])


def of_other_device(call: Call, forward: Forward) -> Answer:
    """The history of all devices is one table, and nobody asks it for the device."""
    answer = forward(call)
    value = answer.json()
    if not answer.ok or not isinstance(value, dict):
        return answer
    other = forward(call.with_(target=call.target.replace("70004983", "70004975"))).json()
    return answer.with_json({**value, "deviceAuditTrails": other["deviceAuditTrails"]})


def an_old_record(call: Call, items: list[dict[str, Any]]) -> list[dict[str, Any]]:  # noqa: ARG001
    """What is older than was asked for stays in the history."""
    old = {"effectiveDate": "2016-06-29T00:21:33.339Z", "value": "ACTIVATED"}
    return [*items[:49], {"field": "status", "priorValue": "TEST_READY", **old}]


def page_overlaps(operation: str, name: str) -> Modifier:
    """A page begins with the last item of the page before."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        value, number = answer.json(), call.query.get("pageNumber", "1")
        if not answer.ok or not number.isdigit() or int(number) < 2 or not value[name]:
            return answer
        before = forward(call.with_query({**call.query, "pageNumber": str(int(number) - 1)})).json()
        return answer.with_json({**value, name: [*before[name][-1:], *value[name][:-1]]})

    return on(operation, modifier)


def usage_starts_again() -> Modifier:
    """A change of the overage setting begins a new counter."""
    changed: set[str] = set()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        number = call.path.get("iccid", "")
        if call.operation == EDIT and answer.ok and "overageLimitOverride" in body_of(call):
            changed.add(number)
        value = answer.json()
        if call.operation != USAGE or number not in changed or not isinstance(value, dict):
            return answer
        return answer.with_json({name: 0 if name.startswith("ctd") else one for name, one in value.items()})

    return modifier


def since_long_ago(call: Call, forward: Forward) -> Answer:
    """A search looks back nearly as far as it may, whatever was asked."""
    since = (server_now(call, forward) - timedelta(days=350)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return forward(call.with_query({**call.query, "modifiedSince": since}))


def future_is_empty(call: Call, forward: Forward) -> Answer:
    """Nothing was changed since tomorrow, which is no reason to refuse the question."""
    answer = forward(call)
    if answer.status == 400 and (answer.json() or {}).get("errorCode") == "10002119":
        return Answer(200).with_json({"pageNumber": 1, "devices": [], "lastPage": True})
    return answer


def stale_index() -> Modifier:
    """A device that was written to is not found until the index is built again."""
    changed: set[str] = set()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if call.operation == EDIT and answer.ok:
            changed.add(call.path.get("iccid", ""))
        value = answer.json()
        if call.operation != SEARCH or not answer.ok:
            return answer
        return answer.with_json(
            {**value, "devices": [one for one in value["devices"] if one.get("iccid") not in changed]}
        )

    return modifier

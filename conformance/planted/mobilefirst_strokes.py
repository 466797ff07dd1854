"""The strokes of MobileFirst's planted faults: what they do to a request or an answer on its way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from conformance.planted.faults import Answer, Call, Forward, Modifier
from conformance.planted.tools import Memory, changing, edit_answer, on, setting

DEVICE, APPLICATION, REMOVE = "setDeviceStatus", "setDeviceApplicationStatus", "removeDevice"
DEVICES, TRANSACTIONS, TRANSACTION, LOCK = "listDevices", "listTransactions", "getTransaction", "getLock"
ADMIN = "Basic YWRtaW46YWRtaW4="
MONITOR = "Basic bW9uaXRvcjptb25pdG9y"
DEPLOYER = "Basic ZGVwbG95ZXI6ZGVwbG95ZXI="
ENDED = ("SUCCESS", "FAILURE", "CANCELED")
Item = Any


# ---- strokes


def asked(call: Call) -> Any:
    value = call.json()
    return value.get("status") if isinstance(value, dict) else None


def is_later(call: Call) -> bool:
    return call.query.get("async") == "true"


def when(condition: Callable[[Call], bool], modifier: Modifier) -> Modifier:
    return lambda call, forward: modifier(call, forward) if condition(call) else forward(call)


def asking(change: Callable[[dict[str, str]], Mapping[str, str]]) -> Modifier:
    """The query is changed before the server sees it."""
    return lambda call, forward: forward(call.with_query(change(call.query)))


def without(*names: str) -> Modifier:
    return asking(lambda query: {name: value for name, value in query.items() if name not in names})


def items(change: Callable[[list[Item], Call], list[Item]]) -> Modifier:
    """The items of a page are changed."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        value = answer.json()
        if not answer.ok or not isinstance(value, dict) or "items" not in value:
            return answer
        return answer.with_json({**value, "items": change(value["items"], call)})

    return modifier


def text(old: str, new: str) -> Modifier:
    """XML answers say `new` where the right one says `old`."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        is_xml = answer.ok and answer.body.lstrip().startswith(b"<")
        return answer.with_(body=answer.body.replace(old.encode(), new.encode())) if is_xml else answer

    return modifier


def also(more: Callable[[Call], Call | None]) -> Modifier:
    """After a good request another one is made that nobody asked for."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        extra = more(call) if answer.ok else None
        if extra is not None:
            forward(extra.with_header("Authorization", ADMIN))
        return answer

    return modifier


def refused(status: int) -> Modifier:
    return lambda call, forward: Answer(status).with_json({})  # noqa: ARG005


def body_of(status: str) -> bytes:
    return json.dumps({"status": status}).encode()


def put(call: Call, target: str, status: str) -> Call:
    return call.to("PUT", target, body_of(status)).with_header("Content-Type", "application/json")


# ---- changes that are more, less or other than was asked for


def other_device(call: Call) -> Call | None:
    return None if is_later(call) else call.with_(target=call.target.replace("12345-6789", "98765-4321"))


def moves_device(call: Call) -> Call:
    return put(call, call.target.partition("/applications/")[0], "DISABLED" if asked(call) == "DISABLED" else "ACTIVE")


def enables_applications(call: Call) -> Call | None:
    target = call.target.partition("?")[0] + "/applications/com.example.app"
    return put(call, target, "DISABLED") if asked(call) != "ACTIVE" else None


def enables_again(call: Call) -> Call | None:
    target = call.target.partition("?")[0] + "/applications/com.example.app"
    return put(call, target, "ENABLED") if asked(call) == "ACTIVE" else None


def lost_after_two() -> Modifier:
    """A status that is set for the third time in a run of the server is not stored."""
    count: dict[str, int] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        status = str(asked(call))
        count[status] = count.get(status, 0) + 1
        if call.operation != DEVICE or status != "EXPIRED" or count[status] < 3:
            return forward(call)
        answer = forward(call.with_json({"status": "ACTIVE"}))
        return answer.with_json(setting("/transaction/description/status", status)(answer.json()))

    return modifier


def done_before_the_role_is_looked_at(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    if answer.status == 403:
        forward(call.with_header("Authorization", ADMIN))
    return answer


def stolen_is_lost(call: Call, forward: Forward) -> Answer:
    if asked(call) != "STOLEN":
        return forward(call)
    return edit_answer(setting("/transaction/description/status", "STOLEN"))(
        call.with_json({"status": "LOST"}), forward
    )


def takes(condition: Callable[[Any], bool], instead: str) -> Modifier:
    """A status that is none is taken for another."""

    def modifier(call: Call, forward: Forward) -> Answer:
        value = call.json()
        broken = isinstance(value, dict) and condition(value.get("status"))
        return forward(call.with_json({"status": instead}) if broken else call)

    return modifier


def stale_copies() -> Modifier:
    """`deviceStatus` stays what it was when the device was first listed."""
    known: dict[str, str] = {}

    def change(found: list[Item], call: Call) -> list[Item]:  # noqa: ARG001
        made = []
        for item in found:
            old = known.setdefault(item["id"], item["status"])
            parts = [{**part, "deviceStatus": old} for part in item["applicationDeviceAssociations"]]
            made.append({**item, "applicationDeviceAssociations": parts})
        return made

    return on(DEVICES, items(change))


def makes_unknown() -> Modifier:
    """A device that does not exist is refused, and made."""
    made: set[str] = set()

    def change(found: list[Item], call: Call) -> list[Item]:  # noqa: ARG001
        return [*found, *({**found[0], "id": key} for key in sorted(made) if found)]

    def modifier(call: Call, forward: Forward) -> Answer:
        if call.operation == DEVICES:
            return items(change)(call, forward)
        answer = forward(call)
        if call.operation == DEVICE and answer.status == 404 and asked(call):
            made.add(call.path["device-id"])
        return answer

    return modifier


# ---- transactions


def describes_the_one_before() -> Modifier:
    """`description.status` is that of the change before."""
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        value = answer.json()
        if call.operation != DEVICE or not answer.ok or not isinstance(value, dict):
            return answer
        old = memory.seen.get("status", asked(call))
        memory.seen["status"] = asked(call)
        return answer.with_json(setting("/transaction/description/status", old)(value))

    return modifier


def ends_twice() -> Modifier:
    """A transaction that was seen as SUCCESS is CANCELED the next time."""
    seen: set[str] = set()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        value = answer.json()
        if call.operation != TRANSACTION or not answer.ok or not isinstance(value, dict):
            return answer
        if value["status"] == "SUCCESS":
            if call.target in seen:
                return answer.with_json({**value, "status": "CANCELED"})
            seen.add(call.target)
        return answer

    return modifier


def state(shown: Mapping[str, str]) -> Modifier:
    return on(TRANSACTION, edit_answer(changing("/status", lambda old: shown.get(old, old))))


def never_made(call: Call, forward: Forward) -> Answer:
    """A later change of a device ends well and leaves it ACTIVE."""
    if not is_later(call) or asked(call) is None:
        return forward(call)
    return forward(call.with_json({"status": "ACTIVE" if call.operation == DEVICE else "ENABLED"}))


def late_landing() -> Modifier:
    """A later change is made once more after the change that was asked for after it."""
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if call.operation != DEVICE or not answer.ok:
            return answer
        if is_later(call):
            memory.seen["late"] = asked(call)
        elif late := memory.seen.pop("late", None):
            forward(put(call, call.target.partition("?")[0], late))
        return answer

    return modifier


def second_is_first() -> Modifier:
    """Of two later changes, the second makes what the first wanted."""
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        if call.operation != DEVICE or not is_later(call):
            return forward(call)
        old = memory.seen.setdefault("first", asked(call))
        return forward(call.with_json({"status": old}))

    return modifier


# ---- removals


def pretends_to_remove(call: Call, forward: Forward) -> Answer:
    """A removal is answered well, and nothing is removed."""
    answer = forward(put(call, call.target.partition("?")[0], "ACTIVE"))
    value = answer.json()
    return answer.with_json(setting("/transaction/type", "REMOVE_DEVICE")(value)) if answer.ok else answer


def removes_twice() -> Modifier:
    """Removing what was removed before goes well again."""
    known: dict[str, Answer] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if call.operation == REMOVE and answer.ok:
            known[call.target] = answer
        return known.get(call.target, answer) if call.operation == REMOVE and answer.status == 404 else answer

    return modifier


def takes_another() -> Modifier:
    """A removal takes along the device that was listed last."""
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        value = answer.json()
        if call.operation == DEVICES and answer.ok and isinstance(value, dict):
            memory.seen["last"] = value["items"][-1]["id"] if value["items"] else None
        if call.operation == REMOVE and answer.ok and memory.seen.get("last"):
            forward(call.to("DELETE", f"{call.target.rpartition('/')[0]}/{memory.seen['last']}"))
        return answer

    return modifier


# ---- lists


def overlaps() -> Modifier:
    """A page begins with the last item of the page before."""
    memory = Memory()

    def change(found: list[Item], call: Call) -> list[Item]:
        last = memory.seen.get("last") if "bookmark" in call.query else None
        memory.seen["last"] = found[-1] if found else None
        return [last, *found[1:]] if last and found else found

    return on(DEVICES, items(change))


def mentions(item: Item, wanted: str, *, names: bool, users: bool, exact: bool) -> bool:
    found = [item["deviceDisplayName"] or ""] if names else []
    found += [user["str"] for user in item["userIds"]] if users else []
    return any(wanted in one if exact else wanted.lower() in one.lower() for one in found)


def search(**how: bool) -> Modifier:
    """A search that finds less than it should."""

    def change(found: list[Item], call: Call) -> list[Item]:
        wanted = call.query.get("query")
        return [item for item in found if mentions(item, wanted, **how)] if wanted else found

    return on(DEVICES, items(change))


def bookmark_and_offset(found: list[Item], call: Call) -> list[Item]:
    return found[int(call.query["offset"]) :] if {"bookmark", "offset"} <= call.query.keys() else found


def ordered_by(change: Callable[[str], str]) -> Modifier:
    return asking(lambda query: {**query, "orderBy": change(query["orderBy"])} if "orderBy" in query else query)


def default(name: str, value: str) -> Modifier:
    return asking(lambda query: {name: value, **query})


def one_more(query: dict[str, str]) -> Mapping[str, str]:
    size = query.get("pageSize", "")
    return {**query, "pageSize": str(int(size) + 1)} if size.isdigit() and int(size) else query


def page_total(value: Any) -> Any:
    return {**value, "totalListSize": len(value["items"])} if isinstance(value, dict) and "items" in value else value


def back_is_forth(value: Any) -> Any:
    has = isinstance(value, dict) and "prevPageBookmark" in value and "nextPageBookmark" in value
    return {**value, "prevPageBookmark": value["nextPageBookmark"]} if has else value


# ---- media types


def first_of_accept(call: Call, forward: Forward) -> Answer:
    """q-values are not looked at: the first media type wins."""
    first = (call.header("Accept") or "*/*").split(",")[0].split(";")[0]
    return forward(call.with_header("Accept", first))


def one_xml(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    kind = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
    return answer.with_header("Content-Type", "application/xml") if kind.startswith("text/xml") else answer


def plain_json_only(call: Call, forward: Forward) -> Answer:
    kind = call.header("Content-Type")
    return forward(call) if kind in (None, "application/json") else Answer(415).with_json({})


def confused_by_locale(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return answer.with_status(400) if answer.status == 404 and "locale" in call.query else answer


def hidden(status: str) -> Modifier:
    return on(DEVICES, items(lambda found, call: [item for item in found if item["status"] != status]))  # noqa: ARG005


def never_listed(found: list[Item], call: Call) -> list[Item]:  # noqa: ARG001
    return [item for item in found if item["type"] != "CHANGE_DEVICE_STATUS" or item["id"] < 13]


# ---- small print


def mends_commas(call: Call, forward: Forward) -> Answer:
    """A comma before a closing bracket is passed over."""
    return forward(call.with_(body=re.sub(rb",\s*([}\]])", rb"\1", call.body)))


def clock_runs_back() -> Modifier:
    """Each transaction is begun a year before the last one."""
    year = count(2019, -1)

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        time = changing("/transaction/timeCreated", lambda _: f"{next(year)}-01-01T00:00:00Z")
        return answer.with_json(time(answer.json())) if call.operation == DEVICE and answer.ok else answer

    return modifier


def acts_early() -> Modifier:
    """What is asked for later is shown at once."""
    wanted: dict[str, str] = {}

    def early(found: list[Item], _: Call) -> list[Item]:
        return [{**one, "status": wanted.get(str(one.get("id")), one.get("status"))} for one in found]

    def modifier(call: Call, forward: Forward) -> Answer:
        if call.operation == DEVICE:
            name = call.path["device-id"]
            wanted.pop(name, None)
            if is_later(call):
                wanted[name] = str(asked(call))
        return items(early)(call, forward) if call.operation == DEVICES else forward(call)

    return modifier


def removes_nothing_later(call: Call, forward: Forward) -> Answer:
    if not is_later(call):
        return forward(call)
    answer = forward(put(call, call.target, "ACTIVE"))
    return answer.with_json(changing("/transaction/type", lambda _: "REMOVE_DEVICE")(answer.json()))


def first_page_for_unknown(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return without("bookmark")(call, forward) if answer.status == 404 and "bookmark" in call.query else answer

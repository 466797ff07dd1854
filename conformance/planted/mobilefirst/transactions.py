"""What a transaction tells of the change that it stands for: at once, alone, and in the list."""

from __future__ import annotations

from itertools import count
from typing import Any

from conformance.planted.faults import Call, Fault, Modifier
from conformance.planted.mobilefirst.rows import APPLICATION, DEVICE, DEVICES, TRANSACTION, TRANSACTIONS, fault, plain
from conformance.planted.mobilefirst.strokes import Item, asked, items, says, telling
from conformance.planted.tools import Memory, changing, edit_answer, on, setting


def describes_the_one_before() -> Modifier:
    """`description.status` is that of the change before."""
    memory = Memory()

    def change(value: Any, call: Call) -> Any:
        old = memory.seen.get("status", asked(call))
        memory.seen["status"] = asked(call)
        return setting("/transaction/description/status", old)(value)

    return on(DEVICE, telling(change))


def clock_runs_back() -> Modifier:
    """Each transaction is begun a year before the last one."""
    year = count(2019, -1)
    return on(DEVICE, edit_answer(changing("/transaction/timeCreated", lambda _: f"{next(year)}-01-01T00:00:00Z")))


def never_listed(found: list[Item], call: Call) -> list[Item]:  # noqa: ARG001
    return [item for item in found if item["type"] != "CHANGE_DEVICE_STATUS" or item["id"] < 13]


FAULTS: tuple[Fault, ...] = (
    plain(
        "ok-always-true",
        "ok is false although the transaction is a SUCCESS",
        DEVICE,
        "ok-tells-success",
        says("/ok", False),
    ),
    fault(
        "describes-the-one-before",
        "description shows the status of the change before",
        DEVICE,
        "describes-the-change",
        describes_the_one_before,
    ),
    plain(
        "application-undescribed",
        "description names another application",
        APPLICATION,
        "describes-the-change",
        says("/transaction/description/appName", "myapplication"),
    ),
    plain(
        "project-fixed",
        "the project is always called myproject",
        DEVICE,
        "names-the-runtime",
        says("/transaction/project/name", "myproject"),
    ),
    plain(
        "user-fixed",
        "the user is always admin",
        DEVICE,
        "names-the-user",
        says("/transaction/userName", "admin"),
    ),
    plain(
        "id-fixed",
        "every transaction has the id 1",
        DEVICE,
        "ids-differ",
        says("/transaction/id", 1),
    ),
    plain(
        "updated-before-created",
        "timeUpdated is the time of the start of the server",
        DEVICE,
        "times-in-order",
        says("/transaction/timeUpdated", "2014-04-13T00:18:36.979Z"),
    ),
    fault(
        "clock-runs-back",
        "timeCreated goes back from transaction to transaction",
        DEVICE,
        "times-move-on",
        clock_runs_back,
    ),
    plain(
        "user-forgotten",
        "a transaction read later has no right user",
        TRANSACTION,
        "set-device-status.can-be-asked-for-later",
        says("/userName", "system"),
    ),
    plain(
        "single-differs",
        "a transaction read alone has another status than in the list",
        TRANSACTION,
        "list-transactions.agrees-with-single",
        says("/type", "CHANGE_STATUS"),
    ),
    plain(
        "errors-of-success",
        "a SUCCESS has an error in it",
        DEVICE,
        "success-without-errors",
        says("/transaction/errors", [{"details": "OK"}]),
    ),
    plain(
        "not-listed",
        "changes of devices are not among the transactions",
        TRANSACTIONS,
        "set-device-status.is-listed",
        items(never_listed),
    ),
    plain(
        "version-of-its-own",
        "a list has another product version",
        DEVICES,
        "set-device-status.one-version",
        says("/productVersion", "7.1"),
    ),
)

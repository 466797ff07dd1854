"""What a hurried developer of a MobileFirst server gets wrong: copies, transactions, the queue, pages, searches."""

from __future__ import annotations

from collections.abc import Callable

from conformance.planted.faults import Fault, Modifier
from conformance.planted.mobilefirst_strokes import (
    ADMIN,
    APPLICATION,
    DEPLOYER,
    DEVICE,
    DEVICES,
    ENDED,
    LOCK,
    MONITOR,
    REMOVE,
    TRANSACTION,
    TRANSACTIONS,
    also,
    asked,
    asking,
    back_is_forth,
    bookmark_and_offset,
    confused_by_locale,
    default,
    describes_the_one_before,
    done_before_the_role_is_looked_at,
    enables_applications,
    ends_twice,
    first_of_accept,
    hidden,
    items,
    late_landing,
    makes_unknown,
    moves_device,
    never_listed,
    never_made,
    one_more,
    one_xml,
    ordered_by,
    other_device,
    overlaps,
    page_total,
    plain_json_only,
    pretends_to_remove,
    refused,
    removes_twice,
    search,
    second_is_first,
    stale_copies,
    state,
    stolen_is_lost,
    takes,
    takes_another,
    text,
    when,
    without,
)
from conformance.planted.tools import always, as_if_by, changing, edit_answer, for_each, on, setting, with_status

API = "mobilefirst"
SLOW = 8.0


def fault(
    slug: str,
    breaks: str,
    caught_by: str | tuple[str, ...],
    make: Callable[[], Modifier],
    settling: float | None = None,
) -> Fault:
    """`caught_by`: ids without the API's name. `settling`: for what shows only when the double's queue has ended."""
    ids = (caught_by,) if isinstance(caught_by, str) else caught_by
    return Fault(f"{API}-{slug}", API, breaks, tuple(f"{API}.{one}" for one in ids), make, settling=settling)


FAULTS: tuple[Fault, ...] = (
    fault(
        "copies-stale",
        "deviceStatus of an application stays as it was",
        "set-device-status.copies-move-along",
        stale_copies,
    ),
    fault(
        "copies-differ",
        "deviceStatus is ACTIVE whatever the device is",
        "list-devices.copies-agree",
        always(
            on(
                DEVICES,
                edit_answer(for_each("/items", setting("/applicationDeviceAssociations/0/deviceStatus", "ACTIVE"))),
            )
        ),
    ),
    fault(
        "other-device-too",
        "a change of one device changes another",
        "set-device-status.others-untouched",
        always(on(DEVICE, also(other_device))),
    ),
    fault(
        "application-moves-device",
        "disabling an application disables its device",
        "set-device-application-status.changes-only-that",
        always(on(APPLICATION, also(moves_device))),
    ),
    fault(
        "blocking-disables-applications",
        "blocking a device disables an application on it",
        "set-device-status.changes-only-that",
        always(on(DEVICE, also(enables_applications))),
    ),
    fault(
        "role-after-the-change",
        "the role is looked at when the change is made",
        "set-device-status.changes-while-refused",
        always(on(DEVICE, done_before_the_role_is_looked_at)),
    ),
    fault(
        "application-role-after-the-change",
        "the role is looked at when the application is changed",
        "set-device-application-status.changes-while-refused",
        always(on(APPLICATION, done_before_the_role_is_looked_at)),
    ),
    fault(
        "removal-role-after",
        "the role is looked at when the device is gone",
        "remove-device.refused-stays",
        always(on(REMOVE, done_before_the_role_is_looked_at)),
    ),
    fault(
        "monitor-writes",
        "a monitor may change devices",
        "set-device-status.role-monitor",
        always(on(DEVICE, when(lambda call: call.header("Authorization") == MONITOR, as_if_by(ADMIN)))),
    ),
    fault(
        "deployer-refused",
        "a deployer may not change devices",
        "set-device-status.role-deployer",
        always(on(DEVICE, when(lambda call: call.header("Authorization") == DEPLOYER, refused(403)))),
    ),
    fault(
        "monitor-reads-not",
        "a monitor may not read transactions",
        "list-transactions.role-monitor",
        always(on(TRANSACTIONS, when(lambda call: call.header("Authorization") == MONITOR, refused(403)))),
    ),
    fault(
        "stolen-is-lost",
        "STOLEN is stored as LOST",
        "set-device-status.takes-every-value",
        always(on(DEVICE, stolen_is_lost)),
    ),
    fault(
        "expired-refused",
        "EXPIRED cannot be set",
        "set-device-status.takes-every-value",
        always(on(DEVICE, when(lambda call: asked(call) == "EXPIRED", refused(400)))),
    ),
    fault(
        "null-is-active",
        "a status of null is ACTIVE",
        "set-device-status.refuses-body-null*",
        always(on(DEVICE, takes(lambda status: status is None, "ACTIVE"))),
    ),
    fault(
        "any-case",
        "lost is LOST",
        "set-device-status.refuses-body-enum*",
        always(on(DEVICE, takes(lambda status: status in ("active", "ACTIVE_X"), "ACTIVE"))),
    ),
    fault(
        "unknown-application-status",
        "an application may have any status",
        "set-device-application-status.refuses-body-enum*",
        always(on(APPLICATION, takes(lambda status: isinstance(status, str), "ENABLED"))),
    ),
    fault(
        "unknown-is-bad-request",
        "an unknown device is 400",
        ("set-device-status.refuses-unknown", "set-device-status.answers-unknown*"),
        always(on(DEVICE, with_status({404: 400}))),
    ),
    fault(
        "unknown-is-made",
        "an unknown device is refused and made",
        "set-device-status.unknown-stays-unknown",
        makes_unknown,
    ),
    fault(
        "runtime-ignored",
        "an unknown runtime is like the known one",
        "list-devices.refuses-unknown-parent",
        always(
            on(
                DEVICES,
                lambda call, forward: forward(call.with_(target=call.target.replace("no-such-runtime", "myruntime"))),
            )
        ),
    ),
    fault(
        "ok-always-true",
        "ok is false although the transaction is a SUCCESS",
        "set-device-status.ok-tells-success",
        always(on(DEVICE, edit_answer(setting("/ok", False)))),
    ),
    fault(
        "describes-the-one-before",
        "description shows the status of the change before",
        "set-device-status.describes-the-change",
        describes_the_one_before,
    ),
    fault(
        "application-undescribed",
        "description names another application",
        "set-device-application-status.describes-the-change",
        always(on(APPLICATION, edit_answer(setting("/transaction/description/appName", "myapplication")))),
    ),
    fault(
        "project-fixed",
        "the project is always called myproject",
        "set-device-status.names-the-runtime",
        always(on(DEVICE, edit_answer(setting("/transaction/project/name", "myproject")))),
    ),
    fault(
        "user-fixed",
        "the user is always admin",
        "set-device-status.names-the-user",
        always(on(DEVICE, edit_answer(setting("/transaction/userName", "admin")))),
    ),
    fault(
        "id-fixed",
        "every transaction has the id 1",
        "set-device-status.ids-differ",
        always(on(DEVICE, edit_answer(setting("/transaction/id", 1)))),
    ),
    fault(
        "updated-before-created",
        "timeUpdated is the time of the start of the server",
        "set-device-status.times-in-order",
        always(on(DEVICE, edit_answer(setting("/transaction/timeUpdated", "2014-04-13T00:18:36.979Z")))),
    ),
    fault(
        "user-forgotten",
        "a transaction read later has no right user",
        "set-device-status.can-be-asked-for-later",
        always(on(TRANSACTION, edit_answer(setting("/userName", "system")))),
    ),
    fault(
        "errors-of-success",
        "a SUCCESS has an error in it",
        "set-device-status.success-without-errors",
        always(on(DEVICE, edit_answer(setting("/transaction/errors", [{"details": "OK"}])))),
    ),
    fault(
        "not-listed",
        "changes of devices are not among the transactions",
        "set-device-status.is-listed",
        always(on(TRANSACTIONS, items(never_listed))),
    ),
    fault(
        "version-of-its-own",
        "a list has another product version",
        "set-device-status.one-version",
        always(on(DEVICES, edit_answer(setting("/productVersion", "7.1")))),
    ),
    fault(
        "always-later",
        "without async a change is made later",
        "set-device-status.sync-has-ended",
        always(on(DEVICE, when(lambda call: "async" not in call.query, default("async", "true")))),
    ),
    fault(
        "never-later",
        "async=true is not looked at",
        "set-device-status.answers-early",
        always(on(DEVICE, without("async"))),
    ),
    fault(
        "never-ends",
        "a transaction stays COMMITTING",
        "set-device-status.async-ends",
        always(state(dict.fromkeys(ENDED, "COMMITTING"))),
    ),
    fault(
        "never-made",
        "a later change ends well and is not made",
        "set-device-status.async-happens",
        always(on(DEVICE, never_made)),
        SLOW,
    ),
    fault(
        "two-at-work",
        "waiting transactions are shown as at work",
        "get-lock.one-at-a-time",
        always(state({"PENDING": "PREPARING"})),
    ),
    fault(
        "steps-back",
        "COMMITTING is shown as PENDING",
        "get-transaction.goes-forward",
        always(state({"COMMITTING": "PENDING"})),
        SLOW,
    ),
    fault(
        "ends-twice", "what has ended as SUCCESS is CANCELED later", "get-transaction.ended-is-ended", ends_twice, SLOW
    ),
    fault(
        "updated-stands",
        "timeUpdated stays timeCreated",
        "get-transaction.updated-moves",
        always(on(TRANSACTION, edit_answer(lambda value: {**value, "timeUpdated": value["timeCreated"]}))),
        SLOW,
    ),
    fault(
        "created-moves",
        "timeCreated moves with timeUpdated",
        "get-transaction.stays-itself",
        always(on(TRANSACTION, edit_answer(lambda value: {**value, "timeCreated": value["timeUpdated"]}))),
        SLOW,
    ),
    fault(
        "lock-never-busy",
        "the lock is never busy",
        "get-lock.busy-while-at-work",
        always(on(LOCK, edit_answer(setting("/busy", False)))),
    ),
    fault(
        "lock-never-free",
        "the lock is not given back",
        "get-lock.free-afterwards",
        always(on(LOCK, edit_answer(setting("/busy", True)))),
    ),
    fault(
        "late-landing",
        "a later change is made after the one that was asked for after it",
        "set-device-status.sync-waits",
        late_landing,
    ),
    fault(
        "second-is-first",
        "of two later changes the first is made twice",
        "set-device-status.last-wins",
        second_is_first,
        SLOW,
    ),
    fault(
        "pretends-to-remove",
        "a removed device is still listed",
        "remove-device.leaves-the-list",
        always(on(REMOVE, pretends_to_remove)),
    ),
    fault("removes-two", "a removal takes another device along", "remove-device.leaves-the-list", takes_another),
    fault("removes-twice", "what was removed can be removed again", "remove-device.stays-gone", removes_twice),
    fault(
        "blocked-hidden",
        "lost devices are not listed",
        ("set-device-status.copies-move-along", "list-devices.pages-cover"),
        always(hidden("LOST")),
    ),
    fault(
        "never-expires",
        "devices that were not seen for long are ACTIVE",
        "list-devices.long-unseen-expire",
        always(
            on(
                DEVICES,
                edit_answer(for_each("/items", changing("/status", lambda old: "ACTIVE" if old == "EXPIRED" else old))),
            )
        ),
    ),
    fault(
        "page-one-more",
        "a page holds one more than asked for",
        ("list-devices.page-size", "list-devices.pages-cover"),
        always(on(DEVICES, asking(one_more))),
    ),
    fault("pages-overlap", "a page begins with the end of the one before", "list-devices.pages-cover", overlaps),
    fault(
        "pages-gap",
        "the first item after a bookmark is left out",
        ("list-devices.pages-cover", "list-devices.keeps-order"),
        always(on(DEVICES, items(lambda found, call: found[1:] if "bookmark" in call.query else found))),
    ),
    fault(
        "total-of-page",
        "totalListSize counts the page",
        "list-devices.pages-cover",
        always(on(DEVICES, edit_answer(page_total))),
    ),
    fault(
        "back-is-forth",
        "prevPageBookmark leads to the next page",
        "list-devices.goes-back",
        always(on(DEVICES, edit_answer(back_is_forth))),
    ),
    fault(
        "fifty-by-default",
        "a page holds 50 by default",
        "list-devices.default-size",
        always(on(DEVICES, default("pageSize", "50"))),
    ),
    fault(
        "latest-by-default",
        "devices are sorted by lastAccessed by default",
        "list-devices.default-order",
        always(on(DEVICES, default("orderBy", "lastAccessed"))),
    ),
    fault(
        "never-descending",
        "the minus sign of orderBy is not looked at",
        "list-devices.orders",
        always(on(DEVICES, ordered_by(lambda order: order.lstrip("-")))),
    ),
    fault(
        "order-of-status-ignored",
        "orderBy=status sorts by id",
        "list-devices.orders",
        always(on(DEVICES, ordered_by(lambda order: order.replace("status", "uid")))),
    ),
    fault(
        "transactions-never-descending",
        "the latest transactions do not come first",
        "list-transactions.orders",
        always(on(TRANSACTIONS, ordered_by(lambda order: order.lstrip("-")))),
    ),
    fault("search-ignored", "query is not looked at", "list-devices.searches", always(on(DEVICES, without("query")))),
    fault(
        "search-by-case",
        "query tells upper from lower case",
        "list-devices.searches",
        always(search(names=True, users=True, exact=True)),
    ),
    fault(
        "search-without-users",
        "query does not find users",
        "list-devices.searches",
        always(search(names=True, users=False, exact=False)),
    ),
    fault(
        "search-without-names",
        "query does not find display names",
        ("list-devices.searches", "list-devices.filter-query"),
        always(search(names=False, users=True, exact=False)),
    ),
    fault(
        "mode-ignored",
        "mode=errors lists everything",
        "list-transactions.only-errors",
        always(on(TRANSACTIONS, without("mode"))),
    ),
    fault(
        "offset-ignored",
        "offset is not looked at",
        "list-transactions.offset",
        always(on(TRANSACTIONS, without("offset"))),
    ),
    fault(
        "offset-beside-bookmark",
        "offset counts beside a bookmark",
        "list-transactions.offset",
        always(on(TRANSACTIONS, items(bookmark_and_offset))),
    ),
    fault(
        "file-ignored",
        "file=true answers with a page",
        "list-transactions.as-file",
        always(on(TRANSACTIONS, without("file"))),
    ),
    fault(
        "single-differs",
        "a transaction read alone has another status than in the list",
        "list-transactions.agrees-with-single",
        always(on(TRANSACTION, edit_answer(setting("/type", "CHANGE_STATUS")))),
    ),
    fault(
        "xml-root",
        "the XML of a change has another root",
        ("set-device-status.answers-200", "set-device-status.xml-says-the-same"),
        always(on(DEVICE, text("set-device-status-result", "set-status-result"))),
    ),
    fault(
        "xml-elements",
        "description is missing in XML",
        ("set-device-status.answers-200", "set-device-status.xml-says-the-same"),
        always(on(DEVICE, text("<description", "<descr"))),
    ),
    fault(
        "xml-status",
        "the XML of a change says another status",
        "set-device-status.xml-says-the-same",
        always(on(DEVICE, text('status="SUCCESS"', 'status="FAILURE"'))),
    ),
    fault(
        "xml-list-differs",
        "the XML of a list has other display names",
        "list-devices.forms-agree",
        always(on(DEVICES, text('deviceModel="', 'deviceModel="x'))),
    ),
    fault("one-xml", "text/xml is answered as application/xml", "list-devices.offers-media-types", always(one_xml)),
    fault("first-of-accept", "q-values are not looked at", "list-devices.weighs-accept", always(first_of_accept)),
    fault(
        "plain-json-only",
        "a charset beside application/json is refused",
        "set-device-status.takes-charset",
        always(on(DEVICE, plain_json_only)),
    ),
    fault(
        "locale-confuses",
        "with a locale an unknown device is 400",
        "set-device-status.locale-is-words",
        always(on(DEVICE, confused_by_locale)),
    ),
)

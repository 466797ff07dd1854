"""What a hurried developer of Fleet's server gets wrong: each a small thing, each in data or state."""

from __future__ import annotations

from collections.abc import Callable

from conformance.planted.faults import Fault, Modifier
from conformance.planted.fleet_modifiers import (
    CREATE,
    DELETE,
    LIST,
    READ,
    UPDATE,
    another_too,
    answer_before,
    batch_in_part,
    batch_without,
    blank_details,
    clamped,
    cut,
    drafts_shown,
    dropping,
    each_device,
    first_of_batch,
    first_word,
    label_as_sent,
    labels_added,
    labels_once,
    lost_after_refusal,
    member_by_member,
    no_challenge,
    no_labels,
    one_label,
    one_status_for_another,
    page_overlaps,
    page_too_long,
    past_the_end,
    query,
    reading,
    refused,
    resets_omitted,
    scope_checked_late,
    scope_unchecked,
    searched_long,
    short_comment,
    shouted,
    squeezed,
    status_taken,
    swapped,
    total_of_page,
    unknown_user,
    unlisted_is_empty,
    user_untold,
    user_zero,
    without,
    year_as_text,
)
from conformance.planted.tools import (
    accepting,
    always,
    changing,
    edit_answer,
    edit_request,
    for_each,
    ignore_members,
    instead_of,
    lost_for_good,
    not_done,
    on,
    setting,
)


def row(slug: str, breaks: str, caught_by: str, make: Callable[[], Modifier], examples: int = 10) -> Fault:
    """`caught_by`: requirements without the API's name, a space between two."""
    return Fault(f"fleet-{slug}", "fleet", breaks, tuple(f"fleet.{one}" for one in caught_by.split()), make, examples)


def updating(slug: str, breaks: str, caught_by: str, modifier: Modifier) -> Fault:
    """A fault of the update alone, without memory."""
    ids = " ".join(f"update-device.{one}" for one in caught_by.split())
    return row(slug, breaks, ids, always(on(UPDATE, modifier)))


def listing(slug: str, breaks: str, caught_by: str, modifier: Modifier) -> Fault:
    """A fault of the list alone, without memory."""
    ids = " ".join(f"list-devices.{one}" for one in caught_by.split())
    return row(slug, breaks, ids, always(on(LIST, modifier)))


FAULTS: tuple[Fault, ...] = (
    row(
        "mdm-lost",
        "the first update of a device loses its enrollment",
        "update-device.changes-only-that",
        lost_for_good(UPDATE, (READ,), "/data/mdm", None),
    ),
    # ---- what the list shows of a device
    listing("comments-cut", "the list ends comments after 20 characters", "shows-changes", each_device(short_comment)),
    listing("no-mdm", "the list shows no enrollment", "shows-changes", each_device(setting("/mdm", None))),
    listing("one-label", "the list shows the first label alone", "shows-changes", each_device(one_label)),
    # ---- what is written
    updating("null-ignored", "null leaves a member as it was", "null-clears", dropping(lambda _, v: v is None)),
    updating("omitted-reset", "what a PATCH leaves out is emptied", "keeps-omitted changes-only-that", resets_omitted),
    updating("false-ignored", "false is taken for nothing", "takes-every-value", dropping(lambda _, v: v is False)),
    updating("applied-in-part", "members before a wrong one are written", "refused-changes-nothing", member_by_member),
    updating("labels-added", "labels join those that are there", "connection-type-list", labels_added),
    updating("labels-once", "a label that is there twice is stored once", "keeps-whole", edit_request(labels_once)),
    updating("no-labels", "no labels at all become null", "keeps-whole", edit_request(no_labels)),
    row("label-as-text", "a single label is kept as a text", "update-device.connection-type-list", label_as_sent),
    updating("writes-another-too", "device 1 gets whatever any device gets", "others-untouched", another_too),
    updating("swapped", "webcam and microphone change places", "reads-back takes-every-value", swapped),
    updating("answers-before", "the answer shows the device before the write", "answer-agrees", answer_before),
    updating("shouts", "serial numbers become upper case", "reads-back", edit_request(shouted)),
    updating("squeezes", "double spaces become single", "keeps-unicode", edit_request(squeezed)),
    updating("cuts", "comments end after ten characters", "reads-back", edit_request(cut)),
    row(
        "lost-after-refusal",
        "the update after a refused one is lost",
        "update-device.sequences",
        lost_after_refusal,
        60,
    ),
    row("state-written", "a PATCH writes client_status", "update-device.answer-only-members", status_taken),
    row(
        "ram-forgotten",
        "ram is taken and not stored",
        "update-device.reads-back",
        lambda: on(UPDATE, ignore_members("ram")),
    ),
    updating(
        "dutch-refused",
        "DUTCH_QWERTY is missing in the enumeration",
        "takes-every-value",
        refused(lambda body: body.get("keyboard_layout") == "DUTCH_QWERTY"),
    ),
    updating(
        "end-date-misspelt",
        "client_warranty_endDate is known as client_warranty_end_date",
        "hidden-members",
        refused(lambda body: "client_warranty_endDate" in body),
    ),
    updating(
        "compliance-list-only",
        "compliance takes lists alone",
        "compliance-list",
        refused(lambda body: isinstance(body.get("compliance"), str)),
    ),
    updating(
        "unassign-ignored",
        "user_id null takes nothing back",
        "assigns",
        dropping(lambda name, value: name == "user_id" and value is None),
    ),
    updating(
        "compliance-kept",
        "null is refused for compliance",
        "compliance-null",
        refused(lambda body: "compliance" in body and body["compliance"] is None),
    ),
    updating("any-user", "an unknown user is passed over", "refuses-unknown-user", dropping(unknown_user)),
    updating("assign-ignored", "user_id is passed over", "assigns", dropping(lambda name, _: name == "user_id")),
    # ---- what is refused
    updating(
        "any-layout",
        "an unknown layout is stored as none",
        "rejects-body-enum refuses-body-enum*",
        accepting(
            lambda body: isinstance(body, dict) and str(body.get("keyboard_layout")).endswith(("_X", "VALUE")),
            lambda body: {**body, "keyboard_layout": None},
        ),
    ),
    updating(
        "empty-name",
        "an empty name is taken",
        "rejects-body-min-length refuses-body-min-length*",
        accepting(
            lambda body: isinstance(body, dict) and body.get("name") == "", lambda body: {**body, "name": "no name"}
        ),
    ),
    updating("name-null", "name may be null", "refuses-body-null*", dropping(lambda n, v: n == "name" and v is None)),
    updating(
        "year-as-number",
        "model_year may be a number",
        "rejects-body-type refuses-body-type*",
        edit_request(year_as_text),
    ),
    updating(
        "empty-body",
        "an empty PATCH succeeds",
        "refuses-body-min-properties*",
        lambda call, forward: forward(reading(call) if call.json() == {} else call),
    ),
    updating(
        "user-zero",
        "user 0 takes a device back",
        "rejects-body-exclusive-minimum refuses-body-exclusive-minimum*",
        edit_request(user_zero),
    ),
    row("any-key-writes", "a READ key may write", "update-device.role-read", scope_unchecked),
    row(
        "scope-late", "a READ key is refused after the write", "update-device.forbidden-is-not-done", scope_checked_late
    ),
    updating(
        "archived-404",
        "an archived device is not found by a PATCH",
        "refuses-immutable",
        instead_of(403, 404, {"error": "DEVICE_NOT_FOUND"}),
    ),
    updating(
        "archived-scope",
        "an archived device is refused with the code for scopes",
        "refuses-immutable",
        instead_of(403, 403, {"error": "INSUFFICIENT_SCOPE"}),
    ),
    row(
        "other-404-code",
        "an unknown device is NOT_FOUND",
        "update-device.refuses-unknown get-device.refuses-unknown",
        always(on((UPDATE, READ), instead_of(404, 404, {"error": "NOT_FOUND"}))),
    ),
    row("no-challenge", "a 401 has no WWW-Authenticate", "api.challenge", always(no_challenge)),
    # ---- what is shown
    row(
        "id-plus-one",
        "a read shows the number of the row, not of the device",
        "get-device.same-device",
        always(on(READ, edit_answer(changing("/data/id", lambda number: number + 1)))),
    ),
    row(
        "updated-id",
        "an update shows the number of the revision, not of the device",
        "update-device.same-device",
        always(on(UPDATE, edit_answer(changing("/data/id", lambda number: number + 1)))),
    ),
    row(
        "missing-is-absent",
        "details that are null are left out",
        "get-device.answers-200",
        always(on(READ, edit_answer(changing("/data/characteristics", lambda d: {k: v for k, v in d.items() if v})))),
    ),
    # ---- the list
    listing("drafts", "drafts of enrollments are shown", "draft-hidden", drafts_shown),
    listing("page-too-long", "a page has one device too many", "page-and-meta pages-cover", page_too_long),
    listing("page-overlaps", "a page begins with the last of the page before", "pages-cover", page_overlaps),
    listing("total-of-page", "total counts the page", "page-and-meta beyond-the-end", edit_answer(total_of_page)),
    listing("end-404", "a page beyond the end is a 404", "beyond-the-end", past_the_end),
    listing("limit-clamped", "limit 101 is taken for 100", "refuses-query-maximum*", clamped("limit", -9, 100)),
    listing("limit-zero", "limit 0 is taken for 1", "refuses-query-minimum*", clamped("limit", 1, 999)),
    listing("offset-negative", "a negative offset is 0", "refuses-query-minimum*", clamped("offset", 0, 10**9)),
    listing(
        "state-ignored",
        "client_status filters nothing",
        "filter-client-status every-client-status",
        without("client_status"),
    ),
    listing(
        "one-state-wrong",
        "IN_MAINTENANCE is listed as OUT_OF_SERVICE",
        "every-client-status",
        query(one_status_for_another),
    ),
    listing(
        "last-filter-wins",
        "beside user_id, client_status is not looked at",
        "filters-combine",
        without("client_status", "user_id"),
    ),
    listing(
        "search-alone",
        "beside search, client_status is not looked at",
        "filters-combine",
        without("client_status", "search"),
    ),
    listing("unlisted-state", "a state that there is not finds nothing", "refuses-query-enum*", unlisted_is_empty),
    listing("search-ignored", "search finds everything", "search-narrows", without("search")),
    listing("search-first-word", "only the first word is searched for", "search-narrows", query(first_word)),
    listing(
        "search-finds-nothing",
        "search finds nothing",
        "search-finds-*",
        query(lambda asked: {**asked, "search": "qxzjvkwq"} if "search" in asked else asked),
    ),
    listing("search-fails", "a long search is a 500", "robust-query", searched_long),
    listing(
        "shouted-names",
        "the list has names in upper case",
        "agrees-with-single",
        edit_answer(for_each("/data", changing("/name", str.upper))),
    ),
    # ---- making and deleting
    row(
        "first-of-batch",
        "only the first device of a batch is made",
        "create-devices.as-sent",
        always(on(CREATE, edit_request(first_of_batch))),
    ),
    row(
        "batch-in-part",
        "the items before a wrong one are made",
        "create-devices.all-or-none",
        always(on(CREATE, batch_in_part)),
    ),
    row(
        "details-not-made",
        "a new device has no keyboard layout and comment",
        "create-devices.as-sent",
        always(batch_without("keyboard_layout", "comment")),
    ),
    row(
        "id-taken",
        "a new device is answered with the number of another",
        "create-devices.new-ids",
        always(on(CREATE, edit_answer(setting("/data/devices/0/id", 77)))),
    ),
    row(
        "snapshot-blank",
        "a deleted device is answered without its details",
        "delete-device.snapshot",
        always(on(DELETE, edit_answer(blank_details))),
    ),
    row(
        "never-deleted",
        "a deletion is answered and not done",
        "delete-device.gone delete-device.deletes",
        always(on(DELETE, not_done(reading))),
    ),
    row(
        "any-key-deletes",
        "a READ key that deletes is told DEVICE_MUTATION_FORBIDDEN",
        "delete-device.read-key",
        always(on(DELETE, instead_of(403, 403, {"error": "DEVICE_MUTATION_FORBIDDEN"}))),
    ),
    row("user-forgotten", "new devices forget their user", "create-devices.for-user", lambda: batch_without("user_id")),
    row(
        "any-key-creates",
        "a READ key that creates is told FORBIDDEN",
        "create-devices.read-key",
        always(on(CREATE, instead_of(403, 403, {"error": "FORBIDDEN"}))),
    ),
    row(
        "compliance-null-ignored",
        "null leaves compliance as it was",
        "update-device.compliance-null",
        always(on(UPDATE, dropping(lambda name, value: name == "compliance" and value is None))),
    ),
    row(
        "user-untold",
        "an unknown user is refused like any invalid input",
        "update-device.refuses-unknown-user create-devices.refuses-unknown-user",
        always(on((UPDATE, CREATE), edit_answer(user_untold, statuses=(400,)))),
    ),
)

"""What a hurried developer of Zequenze's server gets wrong: each a small thing, each in data or state."""

from __future__ import annotations

from collections.abc import Callable

from conformance.apis.zequenze.devices import DELETE, LIST, PATCH, READ, WRITE
from conformance.planted.faults import Fault, Modifier
from conformance.planted.tools import (
    always,
    answer_with,
    changing,
    edit_answer,
    for_each,
    ignore_members,
    instead_of,
    lost_for_good,
    on,
    setting,
)
from conformance.planted.zequenze_modifiers import (
    another_too,
    any_date,
    ascii_only,
    asked,
    bodies_forgiven,
    cached,
    counted,
    created_now,
    cut_location,
    first_seen,
    id_taken,
    last_page_lost,
    links_without_filters,
    lost_after_refusal,
    member_by_member,
    nested_replaced,
    never_removed,
    one_behind,
    one_less,
    one_more,
    overlapping,
    refused_query,
    removed_by_anyone,
    replacing,
    resets_omitted,
    rewriting,
    small_tags,
    swapped,
    tags_added,
    tags_everywhere,
    texts_made,
    unseen,
    without,
    written_again,
    zero_is_true,
)
from conformance.requirements import kebab
from conformance.violations import REMOVE


def row(
    slug: str, breaks: str, operation: str, caught_by: str, make: Callable[[], Modifier], examples: int = 10
) -> Fault:
    """`caught_by`: slugs of the operation's requirements, a space between two."""
    ids = tuple(f"zequenze.{kebab(operation)}.{one}" for one in caught_by.split())
    return Fault(f"zequenze-{slug}", "zequenze", breaks, ids, make, examples)


def of(operation: str, slug: str, breaks: str, caught_by: str, modifier: Modifier) -> Fault:
    """A fault of one operation, without memory."""
    return row(slug, breaks, operation, caught_by, always(on(operation, modifier)))


def ignoring(member: str) -> Callable[[], Modifier]:
    return lambda: on(WRITE, ignore_members(member))


def refusing(member: str, value: object) -> Modifier:
    """One value of one member is refused."""

    def has(body: object) -> bool:
        return isinstance(body, dict) and body.get(member) == value

    return answer_with(422, {member: ["is not a valid choice."]}, when=lambda call: has(call.json()))


FAULTS: tuple[Fault, ...] = (
    # ---- what is written
    row(
        "location-forgotten",
        "location is taken and not stored",
        WRITE,
        "reads-back",
        lambda: on(WRITE, ignore_members("location")),
    ),
    row(
        "configuration-forgotten",
        "configuration is not stored",
        WRITE,
        "nested-members",
        lambda: on(WRITE, ignore_members("configuration")),
    ),
    row(
        "tags-forgotten",
        "tags are not stored",
        WRITE,
        "page-example tags-replaced",
        lambda: on(WRITE, ignore_members("tags")),
    ),
    of(WRITE, "omitted-reset", "what a PUT leaves out is emptied", "keeps-omitted changes-only-that", resets_omitted),
    row("nested-replaced", "configuration is what was sent last", WRITE, "nested-merge", nested_replaced),
    of(WRITE, "tags-added", "tags join those that are there", "tags-replaced", tags_added),
    row(
        "cost-center-lost",
        "the first update of a device loses its cost center",
        WRITE,
        "changes-only-that",
        lost_for_good(WRITE, (READ,), "/custom_fields/cost_center", REMOVE),
    ),
    of(WRITE, "small-tags", "tags are stored in small letters", "tags-replaced", rewriting(small_tags)),
    of(WRITE, "location-cut", "location ends after 64 characters", "keeps-whole", rewriting(cut_location)),
    of(WRITE, "another-too", "a second device gets whatever the first gets", "others-untouched", another_too),
    of(WRITE, "tags-everywhere", "a second device gets the tags of the first", "others-untouched", tags_everywhere),
    row("one-behind", "an answer shows the device before the write", WRITE, "answer-agrees", one_behind),
    row("updated-at-stays", "updated_at never moves", WRITE, "updated-at-moves", lambda: first_seen("updated_at")),
    of(WRITE, "created-now", "created_at moves with each update", "created-at-stays", edit_answer(created_now)),
    of(WRITE, "in-part", "good members are written beside wrong ones", "refused-whole", member_by_member),
    row("lost-after-refusal", "the update after a refused one is lost", WRITE, "sequences", lost_after_refusal, 60),
    of(WRITE, "swapped", "manufacturer and model change places", "reads-back page-example", rewriting(swapped)),
    of(WRITE, "ascii-only", "what is no ASCII becomes ?", "keeps-unicode", replacing(ascii_only)),
    of(
        WRITE,
        "cut",
        "locations end after ten characters",
        "reads-back page-example",
        replacing(lambda name, value: value[:10] if name == "location" and isinstance(value, str) else value),
    ),
    row("id-taken", "an update writes the id that it names", WRITE, "identity", id_taken),
    # ---- what is refused
    of(
        WRITE,
        "active-refused",
        "active is missing among the states",
        "status-active page-example",
        refusing("status", "active"),
    ),
    of(
        WRITE,
        "end-refused",
        "decommissioned is missing among the states",
        "status-values",
        refusing("status", "decommissioned"),
    ),
    of(WRITE, "texts-made", "objects and lists become texts", "impossible-values", replacing(texts_made)),
    of(
        WRITE,
        "arrays-taken",
        "a body that is no object is an update of nothing",
        "not-an-object",
        bodies_forgiven(lambda value, raw: bool(raw) and value is not None and not isinstance(value, dict)),
    ),
    of(
        WRITE,
        "malformed-taken",
        "a body that is no JSON is an update of nothing",
        "rejects-malformed refuses-malformed",
        bodies_forgiven(lambda value, raw: bool(raw) and value is None and raw != b"null"),
    ),
    of(
        WRITE,
        "other-422",
        "a wrong value is answered 400",
        "refuses-body-type-invalid-data*",
        instead_of(422, 400, {"detail": "x"}),
    ),
    of(
        WRITE,
        "unknown-400",
        "an unknown device is answered 400",
        "answers-unknown-with-404 refuses-unknown",
        instead_of(404, 400, {"detail": "x"}),
    ),
    of(
        WRITE,
        "token-403",
        "a missing token is answered 403",
        "needs-credential no-credential",
        instead_of(401, 403, {"detail": "x"}),
    ),
    # ---- what is shown
    of(
        WRITE,
        "other-serial",
        "an update answers with the serial number in lower case",
        "same-device",
        edit_answer(changing("/serial_number", str.lower)),
    ),
    of(
        READ,
        "other-record",
        "a read answers with the serial number in lower case",
        "same-device",
        edit_answer(changing("/serial_number", str.lower)),
    ),
    of(
        WRITE,
        "seen-absent",
        "last_seen is left out",
        "answers-200",
        edit_answer(unseen),
    ),
    of(
        WRITE,
        "unix-time",
        "times are numbers",
        "answers-200",
        edit_answer(changing("/updated_at", lambda _: 1710512553)),
    ),
    row(
        "record-cached", "a record is read once and for ever", WRITE, "name-in-record reads-back", lambda: cached(READ)
    ),
    row("patch-forgotten", "a patch is taken and not stored", PATCH, "name-in-record", lambda: cached(READ)),
    # ---- the list
    of(LIST, "one-more", "a page has one device too many", "pages-cover", asked(one_more)),
    of(LIST, "overlaps", "a page begins with the last of the page before", "pages-cover", asked(overlapping)),
    of(LIST, "counts-page", "count counts the page", "pages-cover links", edit_answer(counted)),
    of(
        LIST, "last-page-lost", "a last page that is not full is not linked", "pages-cover", edit_answer(last_page_lost)
    ),
    of(
        LIST,
        "no-way-back",
        "previous is always null",
        "links",
        edit_answer(setting("/previous", None)),
    ),
    of(LIST, "links-bare", "next forgets the filters", "links-keep-filters", edit_answer(links_without_filters)),
    of(LIST, "type-ignored", "type filters nothing", "filter-type", without("type")),
    of(LIST, "organization-off", "organization finds the one before", "filter-organization", asked(one_less)),
    of(
        LIST,
        "since-ignored",
        "last_status_change_from filters nothing",
        "filter-last-status-change-from",
        without("last_status_change_from"),
    ),
    of(LIST, "zero-is-true", "status=0 is taken for true", "filter-status", asked(zero_is_true)),
    of(LIST, "status-ignored", "status filters nothing", "filter-status", without("status")),
    of(
        LIST,
        "strict-time",
        "a time with a space in it is refused",
        "parameters",
        refused_query(lambda query: " " in query.get("last_status_change_from", "")),
    ),
    of(
        LIST,
        "shouts",
        "names are upper case in the list",
        "agrees-with-single",
        edit_answer(for_each("/results", changing("/name", str.upper))),
    ),
    # ---- removing
    of(DELETE, "never-removed", "a removal is answered and not done", "gone", never_removed),
    row("written-again", "an update makes anew what was removed", DELETE, "gone", written_again),
    row("removed-by-anyone", "a removal needs no token", DELETE, "needs-credential no-credential", removed_by_anyone),
    of(LIST, "any-date", "a day that no calendar has is passed over", "refuses-impossible-date", any_date),
)

"""What a hurried developer of a MasSubscriptions server gets wrong: each a small thing, each in data or state."""

from __future__ import annotations

from collections.abc import Callable

from conformance.planted import masmovil_modifiers as wrong
from conformance.planted import masmovil_patching as engines
from conformance.planted.faults import Fault, Modifier
from conformance.planted.masmovil_engine import PATCH, READ, Engine, patching
from conformance.planted.masmovil_modifiers import ADD, COMMITMENT, DEVICE, LIST, SEARCH
from conformance.planted.tools import (
    accepting,
    always,
    changing,
    edit_answer,
    edit_request,
    for_each,
    instead_of,
    lost_for_good,
    on,
    setting,
)
from conformance.violations import REMOVE


def engine(slug: str, kind: type[Engine], requirements: str, breaks: str | None = None, examples: int = 10) -> Fault:
    """A fault of the patch engine; what it breaks is said where it is written unless it is said here."""
    told = breaks or str(kind.__doc__).strip().rstrip(".")
    return fault(f"patch-{slug}", told[0].lower() + told[1:], PATCH, requirements, lambda: patching(kind), examples)


def fault(
    slug: str,
    breaks: str,
    operation: str,
    requirements: str,
    make: Callable[[], Modifier],
    examples: int = 10,
) -> Fault:
    """A row of the table: `requirements` are slugs of the operation's, or whole ids without the API."""
    caught = tuple(
        f"masmovil.{one}" if "." in one else f"masmovil.{KEBAB[operation]}.{one}" for one in requirements.split()
    )
    return Fault(f"masmovil-{slug}", "masmovil", breaks, caught, lambda: on(operation, make()), examples)


def across(slug: str, breaks: str, requirements: str, make: Callable[[], Modifier]) -> Fault:
    """A row for a fault that several operations show."""
    return Fault(f"masmovil-{slug}", "masmovil", breaks, tuple(f"masmovil.{one}" for one in requirements.split()), make)


KEBAB = {
    PATCH: "patch-subscription-device",
    READ: "get-subscription-device",
    LIST: "list-subscription-devices",
    SEARCH: "search-devices",
    ADD: "add-subscription-device",
    COMMITMENT: "get-device-commitment",
}
AMOUNT, DELIVERED = "/insurable_amount", "/in_store_delivery_date"

FAULTS: tuple[Fault, ...] = (
    # ---- the engine
    engine("partial", engines.Partial, "patch-atomic-each"),
    engine("partial-generic", engines.Partial, "patch-atomic", "a failed patch leaves its first operations behind"),
    engine(
        "partial-drawn", engines.Partial, "patch-sequences", "whatever stands before a failing operation is done", 50
    ),
    engine("skips", engines.Skips, "patch-refuses"),
    engine("first-only", engines.FirstOnly, "patch-order", "only the first operation is carried out"),
    engine("backwards", engines.Backwards, "patch-order", "operations are carried out from the last to the first"),
    engine("tests-first", engines.TestsFirst, "patch-order"),
    engine("overwrites", engines.Overwrites, "patch-array-add"),
    engine("no-dash", engines.NoDash, "patch-array-add"),
    engine("dash-is-last", engines.DashIsLast, "patch-array-bounds"),
    engine("leaves-gap", engines.LeavesGap, "patch-array-cut"),
    engine("removes-nothing", engines.RemovesNothing, "patch-refuses"),
    engine("replace-adds", engines.ReplaceAdds, "patch-array-bounds"),
    engine("replace-adds-drawn", engines.ReplaceAdds, "patch-sequences", "replace of an absent member adds it", 50),
    engine("add-only-new", engines.AddOnlyNew, "succeeds"),
    engine("add-merges", engines.AddMerges, "patch-nested"),
    engine("nested-replaces", engines.NestedReplaces, "patch-nested"),
    engine("move-copies", engines.MoveCopies, "patch-applies"),
    engine("move-counts-first", engines.MoveCountsFirst, "patch-array-move"),
    engine("moves-inward", engines.MovesInward, "patch-move-inward"),
    engine("copy-shares", engines.CopyShares, "patch-array-move"),
    engine("never-tests", engines.NeverTests, "patch-test-compares"),
    engine("tests-text", engines.TestsText, "patch-test-values"),
    engine("tests-loosely", engines.TestsLoosely, "patch-test-values"),
    engine("tests-unordered", engines.TestsUnordered, "patch-test-values"),
    engine("tests-part", engines.TestsPart, "patch-test-values"),
    engine("tests-absent", engines.TestsAbsent, "patch-refuses"),
    engine("any-integer", engines.AnyInteger, "patch-array-bounds"),
    engine("negative-index", engines.NegativeIndex, "patch-array-bounds"),
    engine("appends", engines.Appends, "patch-array-bounds"),
    engine("no-escapes", engines.NoEscapes, "patch-pointers"),
    engine("escapes-backwards", engines.EscapesBackwards, "patch-pointers"),
    engine("escapes-early", engines.EscapesEarly, "patch-pointers"),
    engine("drops-empty", engines.DropsEmpty, "patch-pointers"),
    engine("percent", engines.Percent, "patch-pointers"),
    engine("whole-passes", engines.WholePasses, "patch-whole-test"),
    engine("whole-merges", engines.WholeMerges, "patch-whole-replace"),
    # ---- what patches mean
    fault(
        "checks-last",
        "a patch is written before its result is looked at",
        PATCH,
        "patch-atomic-result",
        always(wrong.checks_last),
    ),
    across(
        "legacy-id-lost",
        "the first patch of a device loses its legacy id",
        "patch-subscription-device.changes-only-that",
        lost_for_good(PATCH, (READ,), "/legacy_id", REMOVE),
    ),
    across(
        "terms-everywhere",
        "the acquisition type goes to another device, too",
        "patch-subscription-device.others-untouched",
        lambda: wrong.everywhere("acquisition_type"),
    ),
    across(
        "any-terms",
        "a patch may write any acquisition type",
        "patch-subscription-device.leaves-a-device",
        lambda: wrong.shows_instead("/acquisition_type", lambda value: value == "STOLEN"),
    ),
    across(
        "any-serial",
        "a patch may write a number for a text",
        "patch-subscription-device.leaves-a-device",
        lambda: wrong.shows_instead("/serial_number", lambda value: isinstance(value, int)),
    ),
    across("id-moves", "a patch gives a device another id", "patch-subscription-device.keeps-id", wrong.id_moves),
    fault(
        "id-passed-over",
        "a patch of the id is done without the id",
        PATCH,
        "refuses-immutable",
        always(wrong.id_passed_over),
    ),
    fault(
        "conflicts",
        "an operation without a target is answered 409",
        PATCH,
        "refuses-inapplicable refuses-invalid-result",
        lambda: instead_of(400, 409, {"error": {"code": "CONFLICT", "message": "No.", "reference": "https://x.org/"}}),
    ),
    fault(
        "result-code",
        "a patch that leaves no device gets a code of its own",
        PATCH,
        "refuses-invalid-result",
        lambda: edit_answer(setting("/error/code", "INVALID_DEVICE"), statuses=(400,)),
    ),
    across(
        "null-is-zero",
        "an amount of null is shown as 0",
        "patch-subscription-device.null-clears",
        lambda: on(DEVICE, edit_answer(wrong.null_is_zero)),
    ),
    fault(
        "null-dropped",
        "null is not written",
        PATCH,
        "null-clears",
        lambda: wrong.each_value(AMOUNT, lambda v: 1 if v is None else v),
    ),
    fault(
        "offset-dropped",
        "times are kept without regard to their offset",
        PATCH,
        "keeps-moments",
        lambda: wrong.each_value(DELIVERED, lambda text: text[:19] + "Z" if isinstance(text, str) else text),
    ),
    fault(
        "day-only",
        "of a time the day is kept",
        PATCH,
        "reads-back",
        lambda: wrong.each_value(DELIVERED, lambda text: text[:10] + "T00:00:00Z" if isinstance(text, str) else text),
    ),
    fault(
        "no-json",
        "a patch is taken as application/json-patch+json alone",
        PATCH,
        "takes-json",
        lambda: wrong.media_refused("application/json;"),
    ),
    fault(
        "no-json-patch",
        "a patch is taken as application/json alone",
        PATCH,
        "takes-json-patch",
        lambda: wrong.media_refused("application/json-patch+json"),
    ),
    fault(
        "reason-refused", "operations may have no other members", PATCH, "takes-reason", always(wrong.reason_refused)
    ),
    fault(
        "intruders", "who may patch is found out afterwards", PATCH, "refused-callers-change-nothing", wrong.intruders
    ),
    # ---- lists and searches
    fault(
        "list-cut", "the list ends one device early", LIST, "names-all", lambda: wrong.items(lambda found: found[:-1])
    ),
    fault(
        "list-all-when-none",
        "a filter that fits nothing counts for nothing",
        LIST,
        "filter-stays-inside",
        always(wrong.all_when_none),
    ),
    fault(
        "list-one-a-mac",
        "of devices with one MAC address the list shows one",
        LIST,
        "finds-twins",
        lambda: wrong.items(wrong.one_a_mac),
    ),
    fault(
        "list-filter-ignored",
        "the list takes no notice of the MAC address",
        LIST,
        "filter-mac-address",
        always(lambda call, forward: forward(call.with_query({}))),
    ),
    across(
        "any-subscription",
        "a device is read by its id alone, whatever the subscription",
        "get-subscription-device.only-in-its-subscription",
        lambda: on(READ, wrong.any_subscription()),
    ),
    fault(
        "search-one-filter",
        "with both numbers given the search looks at the MAC address",
        SEARCH,
        "both-filters-hold",
        always(lambda call, forward: forward(call.with_query(dict(list(call.query.items())[:1])))),
    ),
    fault(
        "search-either",
        "the search shows what fits either number",
        SEARCH,
        "both-filters-hold",
        always(wrong.any_when_none),
    ),
    fault(
        "search-something",
        "a search that finds nothing shows what was found last",
        SEARCH,
        "shows-nobody-elses",
        wrong.something_always,
    ),
    fault("search-both-needed", "the search needs both numbers", SEARCH, "finds-by-either", always(wrong.both_needed)),
    fault(
        "search-everything",
        "a search without filter is answered with an empty list",
        SEARCH,
        "needs-a-filter",
        always(wrong.everything),
    ),
    fault("search-cached", "what the search has found once it finds for ever", SEARCH, "follows-changes", wrong.cached),
    fault(
        "search-old-view",
        "the search shows the amount as it was once",
        SEARCH,
        "agrees-with-single",
        lambda: edit_answer(for_each("", setting("/legacy_account_id", 1))),
    ),
    # ---- commitments
    fault("commitment-cached", "a commitment read once stays as it was", COMMITMENT, "follows-patches", wrong.cached),
    fault(
        "commitment-day-late",
        "a commitment read alone has another legacy id",
        COMMITMENT,
        "agrees-with-device",
        lambda: edit_answer(changing("/legacy_id", lambda number: number + 1)),
    ),
    fault(
        "commitment-of-any",
        "a commitment is read by its id alone, whatever the device",
        COMMITMENT,
        "only-of-its-device",
        wrong.any_device,
    ),
    # ---- adding
    fault(
        "add-forgets",
        "commitments of an added device are lost",
        ADD,
        "keeps-every-member",
        lambda: wrong.sent_without("commitments"),
    ),
    fault(
        "add-no-process",
        "the signature process is not taken over",
        ADD,
        "keeps-every-member",
        lambda: wrong.sent_without("signature_process_id"),
    ),
    fault(
        "add-defaults",
        "devices are lent unless something else is said",
        ADD,
        "takes-the-least",
        lambda: wrong.sent_with(acquisition_type="BORROWED"),
    ),
    fault(
        "add-null-is-zero",
        "a device is added with 0 for null",
        ADD,
        "takes-every-value",
        lambda: edit_request(wrong.null_is_zero),
    ),
    across(
        "add-unlisted",
        "the list shows the first two devices",
        "add-subscription-device.is-listed",
        lambda: on(LIST, wrong.items(lambda found: found[:2])),
    ),
    fault("add-twice", "each device is added twice", ADD, "is-listed", always(wrong.adds_twice)),
    fault("add-upserts", "the same device added again is the old one", ADD, "gives-own-ids", wrong.upserts),
    fault(
        "add-before-looking",
        "a device is added before its members are looked at",
        ADD,
        "refused-adds-nothing",
        always(wrong.adds_before_looking),
    ),
    fault(
        "add-location",
        "Location leads to the list",
        ADD,
        "location-leads-there",
        always(lambda call, forward: forward(call).with_header("Location", call.target)),
    ),
    fault(
        "add-any-terms",
        "a device is added with any acquisition type",
        ADD,
        "rejects-body-enum",
        lambda: accepting(
            lambda body: isinstance(body, dict) and isinstance(body.get("acquisition_type"), str),
            lambda body: {**body, "acquisition_type": "BORROWED"},
        ),
    ),
)

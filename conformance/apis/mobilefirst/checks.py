"""Checks of this API alone, named by its requirements.yaml."""

from __future__ import annotations

from conformance.apis.mobilefirst import (
    changing,
    listing,
    machine,
    paging,
    queueing,
    removing,
    searching,
    sorting,
    telling,
)
from conformance.types import Check

CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        telling.transaction_tells,
        telling.ids_differ,
        telling.times_move_on,
        telling.one_version,
        changing.published_request,
        changing.takes_content_type,
        changing.xml_answer,
        changing.applications_stay,
        changing.strangers_stay,
        changing.refusal_keeps_status,
        changing.unknown_is_not_made,
        changing.locale_is_words,
        changing.refuses_raw,
        machine.sequences,
        queueing.answers_early,
        queueing.one_at_a_time,
        queueing.lock_is_busy,
        queueing.lock_is_freed,
        queueing.ended_stays,
        queueing.goes_forward,
        queueing.stays_itself,
        queueing.updated_moves,
        queueing.waits_its_turn,
        queueing.last_wins,
        queueing.sync_waits,
        sorting.orders,
        sorting.default_order,
        paging.default_size,
        paging.page_size,
        paging.keeps_order,
        paging.counts_on,
        paging.goes_back,
        paging.offset_passes_over,
        paging.unknown_bookmark,
        searching.searches,
        searching.only_errors,
        searching.as_file,
        listing.copies_agree,
        listing.long_unseen_expire,
        removing.may_remove,
        removing.leaves_the_list,
        removing.stays_gone,
        removing.refused_stays,
    )
}

"""Checks of this API alone, by the names under which `requirements.yaml` calls for them."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.apis.masmovil import adding, finding, outcomes, patches, sequences
from conformance.types import Check

CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        sequences.patch_sequences,
        patches.patch_array_add,
        patches.patch_array_cut,
        patches.patch_array_move,
        patches.patch_array_bounds,
        patches.patch_nested,
        patches.patch_move_inward,
        patches.patch_pointers,
        patches.patch_test_values,
        patches.patch_whole_test,
        patches.patch_whole_replace,
        patches.patch_atomic_each,
        patches.patch_atomic_result,
        outcomes.leaves_a_device,
        outcomes.refuses_inapplicable,
        outcomes.keeps_id,
        outcomes.refuses_id,
        outcomes.amount_null,
        outcomes.patch_times,
        outcomes.patch_media_type,
        outcomes.patch_reason,
        outcomes.refused_callers_change_nothing,
        finding.list_complete,
        finding.list_filter_within,
        finding.not_read_elsewhere,
        finding.search_finds,
        finding.search_both,
        finding.search_nobodys,
        finding.search_agrees,
        finding.search_without_filter,
        finding.found_as_changed,
        finding.twins_found,
        finding.commitment_agrees,
        finding.commitment_follows,
        finding.commitment_of_device,
        adding.add_keeps,
        adding.add_least,
        adding.add_values,
        adding.add_lists,
        adding.add_ids,
        adding.refused_adds_nothing,
        adding.add_location,
    )
}

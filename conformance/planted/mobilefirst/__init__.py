"""What a hurried developer of a MobileFirst server gets wrong: a file for each thing that such a server does."""

from __future__ import annotations

from conformance.planted.faults import Fault
from conformance.planted.mobilefirst import access, changes, forms, listing, paging, queue, removals, transactions

FAULTS: tuple[Fault, ...] = (
    *changes.FAULTS,
    *access.FAULTS,
    *transactions.FAULTS,
    *queue.FAULTS,
    *removals.FAULTS,
    *paging.FAULTS,
    *listing.FAULTS,
    *forms.FAULTS,
)

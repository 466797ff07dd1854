"""When a change takes effect: every published form of a date, today, 180 days, and what is no date."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.apis.jasper import dates
from mock_server.types import Refused
from tests.mock_server.apis.jasper_support import ACTIVATED, NOW, Factory, Jasper, refused


@pytest.fixture
def jasper(double: Factory) -> Jasper:
    return Jasper(double)


NOW_FORMS = [
    "",
    "2026-03-10Z",
    "2026-03-10+00:00",
    "2026-03-10+0000",
    "2026-03-10-05:00",
    "2026-03-10+05:00",
    "2026-03-11+14:00",
    "2026-03-10T12:00:00Z",
    "2026-03-10T00:00:00Z",
    "2026-03-10T12:00:00.250+00:00",
    "2026-03-10 17:00:00.000+0500",
]
FUTURE_FORMS = [
    "2026-03-11Z",
    "2026-03-11+05:00",
    "2026-03-10T12:00:01Z",
    "2026-03-10T17:00:01+05:00",
    "2026-03-10T07:00:00.251-0500",
    "2026-09-06Z",
    "2026-09-06T23:59:59Z",
]
REFUSED_FORMS = [
    "2026-09-07Z",
    "2026-09-07T00:00:00Z",
    "9999-12-31Z",
    "9999-12-31-14:00",
    "0001-01-01+14:00",
    "2026-03-09Z",
    "2026-03-09T23:59:59Z",
    "2026-02-30Z",
    "2026-13-01Z",
    "2026-03-11T24:00:00Z",
    "2026-03-11+15:00",
    "2026-03-11+05:60",
    "2026-03-11",
    "11.03.2026",
    "2026-3-11Z",
    "tomorrow",
    " 2026-03-11Z",
    "2026-03-11Z\n",
    "٢٠٢٦-03-11Z",
]


@pytest.mark.parametrize("text", NOW_FORMS)
def test_today_takes_effect_at_once(jasper: Jasper, text: str) -> None:
    response = jasper.edit(ratePlan="IoT 10MB", effectiveDate=text)
    assert (response.status_code, response.json()) == (200, {"iccid": ACTIVATED})
    assert jasper.device()["ratePlan"] == "IoT 10MB"


@pytest.mark.parametrize("text", FUTURE_FORMS)
def test_a_later_date_up_to_180_days_is_scheduled(jasper: Jasper, text: str) -> None:
    before = jasper.device()
    response = jasper.edit(ratePlan="IoT 10MB", effectiveDate=text)
    assert (response.status_code, response.json()) == (202, {"iccid": ACTIVATED})
    assert jasper.device() == before


@pytest.mark.parametrize("text", REFUSED_FORMS)
def test_beyond_over_or_unreadable_is_10000012(jasper: Jasper, text: str) -> None:
    refused(jasper.edit(ratePlan="IoT 10MB", effectiveDate=text), 400, "10000012", "Invalid date format.")
    assert jasper.trail() == []


@given(st.text(max_size=30) | st.from_regex(dates._FORM))
def test_any_text_is_a_date_or_a_refusal(text: str) -> None:
    assert outcome(text) in {"date-unreadable", "date-past", "date-beyond", "now", "later"}


def outcome(text: str) -> str:
    try:
        moment = dates.effective(text, NOW)
    except Refused as refusal:
        return refusal.when
    if moment is None:
        return "now"
    return "later" if NOW < moment <= NOW + timedelta(days=181, hours=14) else f"impossible: {moment}"

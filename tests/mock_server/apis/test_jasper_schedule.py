"""What happens by the world's clock: scheduled changes, the end of an override, and the history of it all."""

from datetime import timedelta
from typing import Any

import pytest

from tests.mock_server.apis.jasper_support import ACTIVATED, NOW, TEST_READY, Factory, Jasper, refused


@pytest.fixture
def jasper(double: Factory) -> Jasper:
    return Jasper(double)


def test_a_scheduled_change_acts_when_its_moment_comes_and_not_before(jasper: Jasper) -> None:
    jasper.edit(ratePlan="IoT 10MB", accountCustom2="moved", effectiveDate="2026-03-20+05:00")
    jasper.world.open.clock.set(NOW.replace(day=19, hour=18, minute=59, second=59))
    assert jasper.device()["ratePlan"] == "Default Rate Plan"
    jasper.world.advance(seconds=1)
    device = jasper.device()
    assert (device["ratePlan"], device["accountCustom2"]) == ("IoT 10MB", "moved")
    assert device["dateUpdated"] == "2026-03-19 19:00:00.000+0000"


def test_scheduled_changes_act_in_the_order_of_their_dates(jasper: Jasper) -> None:
    jasper.edit(accountCustom1="second", effectiveDate="2026-03-13Z")
    jasper.edit(accountCustom1="first", effectiveDate="2026-03-12Z")
    jasper.edit(accountCustom1="third", effectiveDate="2026-03-14Z")
    for day, value in [(11, "78"), (12, "first"), (13, "second"), (15, "third")]:
        jasper.world.open.clock.set(NOW.replace(day=day))
        assert jasper.device()["accountCustom1"] == value
    assert [made["priorValue"] for made in jasper.trail()] == ["second", "first", "78"]


def test_all_that_was_missed_is_caught_up_with(jasper: Jasper) -> None:
    jasper.edit(status="DEACTIVATED", effectiveDate="2026-03-12Z")
    jasper.edit(TEST_READY, status="ACTIVATED", effectiveDate="2026-04-12Z")
    jasper.world.advance(days=100)
    assert jasper.device()["status"] == "DEACTIVATED"
    assert jasper.device(TEST_READY)["dateActivated"] == "2026-04-12 00:00:00.000+0000"


def test_a_mistake_in_a_scheduled_change_is_refused_at_once(jasper: Jasper) -> None:
    refused(jasper.edit(ratePlan="Nope", effectiveDate="2026-03-12Z"), 404, "10000013")
    refused(jasper.edit(status="ACTIVATED", effectiveDate="2026-03-12Z"), 400, "10030000")
    refused(jasper.edit(status="INVENTORY", effectiveDate="2026-03-12Z"), 400, "10000029")
    assert jasper.trail() == []


def test_a_change_that_has_become_impossible_fails_and_says_so(jasper: Jasper) -> None:
    jasper.edit(TEST_READY, status="ACTIVATED", accountCustom1="x", effectiveDate="2026-03-12Z")
    jasper.edit(TEST_READY, status="ACTIVATED")
    jasper.world.advance(days=3)
    assert jasper.device(TEST_READY)["accountCustom1"] == ""
    failed = [made for made in jasper.trail(TEST_READY) if made["status"] == "Failed"]
    assert {made["field"] for made in failed} == {"status", "accountCustom1"}


def test_an_address_that_was_taken_meanwhile_is_not_given_twice(jasper: Jasper) -> None:
    address = {"communicationPlan": "Fixed IP Plan", "ipv4Address": "10.1.1.1", "apn": "a", "pdpId": "1"}
    assert jasper.edit(**address, effectiveDate="2026-03-12Z").status_code == 202
    assert jasper.edit(TEST_READY, **address).status_code == 200
    jasper.world.advance(days=3)
    assert jasper.device()["fixedIPAddress"] is None


def test_the_history_has_prior_and_new_value_latest_first(jasper: Jasper) -> None:
    jasper.edit(accountCustom3="one")
    jasper.world.advance(hours=1)
    jasper.as_("account")
    jasper.edit(accountCustom3="two", status="DEACTIVATED")
    page = jasper.client.get(f"/v1/devices/{ACTIVATED}/auditTrails").json()
    assert (page["iccid"], page["timestamp"]) == (ACTIVATED, "2026-03-10T13:00:00.250Z")
    assert (page["pageNumber"], page["lastPage"]) == (1, True)
    records = page["deviceAuditTrails"]
    assert [made["effectiveDate"] for made in records] == ["2026-03-10T13:00:00.250Z"] * 2 + [
        "2026-03-10T12:00:00.250Z"
    ]
    assert {(m["field"], m["priorValue"], m["value"], m["userName"]) for m in records} == {
        ("accountCustom3", None, "one", "operator"),
        ("accountCustom3", "one", "two", "account"),
        ("status", "ACTIVATED", "DEACTIVATED", "account"),
    }
    assert {made["status"] for made in records} == {"Completed"}


def test_scheduled_changes_are_in_the_history_before_they_happen(jasper: Jasper) -> None:
    jasper.edit(accountCustom1="now")
    jasper.edit(accountCustom1="later", effectiveDate="2026-03-12Z")
    first, second = jasper.trail()
    assert first == {
        "field": "accountCustom1",
        "priorValue": "now",
        "value": "later",
        "effectiveDate": "2026-03-12T00:00:00.000Z",
        "status": "Pending",
        "userName": "operator",
        "delegatedUser": None,
    }
    jasper.world.advance(days=3)
    assert jasper.trail() == [{**first, "status": "Completed"}, second]


def test_writing_the_same_value_again_is_no_change_of_it(jasper: Jasper) -> None:
    for _ in range(2):
        assert jasper.edit(accountCustom1="same").status_code == 200
    assert len(jasper.trail()) == 1


@pytest.mark.parametrize(("days", "found"), [(1, 0), (29, 0), (30, 1), (365, 1)])
def test_the_history_goes_back_so_many_days(jasper: Jasper, days: int, found: int) -> None:
    jasper.edit(accountCustom1="x")
    jasper.world.advance(days=30)
    assert len(jasper.trail(daysOfHistory=days)) == found
    assert len(jasper.trail()) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"daysOfHistory": 0},
        {"daysOfHistory": 366},
        {"daysOfHistory": "all"},
        {"pageSize": 0},
        {"pageSize": 51},
        {"pageNumber": 0},
    ],
)
def test_limits_of_the_history(jasper: Jasper, query: dict[str, Any]) -> None:
    refused(jasper.client.get(f"/v1/devices/{ACTIVATED}/auditTrails", params=query), 400, "10000028")


def test_pages_of_the_history_cover_each_record_once(jasper: Jasper) -> None:
    for number in range(7):
        jasper.edit(accountCustom1=str(number))
        jasper.world.advance(minutes=1)
    pages = [jasper.trail(pageSize=3, pageNumber=number) for number in (1, 2, 3, 4)]
    assert [made["value"] for page in pages for made in page] == ["6", "5", "4", "3", "2", "1", "0"]


def test_only_the_latest_thousand_changes_are_kept(jasper: Jasper) -> None:
    for number in range(70):
        jasper.edit(
            **{f"accountCustom{field}": str(number) for field in range(1, 11)},
            **{f"operatorCustom{field}": str(number) for field in range(1, 6)},
        )
    pages = [jasper.trail(pageSize=50, pageNumber=number) for number in range(1, 22)]
    assert [len(page) for page in pages] == [50] * 20 + [0]


def test_a_temporary_override_ends_with_the_billing_cycle(jasper: Jasper) -> None:
    jasper.edit(overageLimitOverride="TEMPORARY_OVERRIDE")
    jasper.world.open.clock.set(NOW.replace(day=31, hour=23, minute=59))
    assert jasper.usage()["overageLimitOverride"] == "TEMPORARY_OVERRIDE"
    assert len(jasper.trail()) == 1
    jasper.world.advance(minutes=1)
    assert jasper.usage()["overageLimitOverride"] == "DEFAULT"
    ended = jasper.trail()[0]
    assert (ended["field"], ended["value"], ended["userName"]) == ("overageLimitOverride", "DEFAULT", "system")


def test_an_override_made_permanent_meanwhile_does_not_end(jasper: Jasper) -> None:
    jasper.edit(overageLimitOverride="TEMPORARY_OVERRIDE")
    jasper.edit(overageLimitOverride="PERMANENT_OVERRIDE")
    jasper.world.advance(days=60)
    assert jasper.usage()["overageLimitOverride"] == "PERMANENT_OVERRIDE"


def test_an_override_of_the_next_cycle_ends_with_that_one(jasper: Jasper) -> None:
    jasper.edit(overageLimitOverride="TEMPORARY_OVERRIDE", effectiveDate="2026-04-05Z")
    for day, expected in [(10, "DEFAULT"), (26, "TEMPORARY_OVERRIDE"), (51, "TEMPORARY_OVERRIDE"), (53, "DEFAULT")]:
        jasper.world.open.clock.set(NOW + timedelta(days=day))
        assert jasper.usage()["overageLimitOverride"] == expected


def test_usage_begins_again_with_each_billing_cycle(jasper: Jasper) -> None:
    tenth = jasper.usage()
    assert tenth["ctdDataUsage"] == 10 * 4096
    assert (tenth["ctdSMSUsage"], tenth["ctdVoiceUsage"], tenth["ctdSessionCount"]) == (10, 30, 20)
    assert tenth["overageLimitReached"] is False
    jasper.world.open.clock.set(NOW.replace(month=4, day=1))
    assert jasper.usage()["ctdDataUsage"] == 4096


def test_the_limit_is_that_of_the_rate_plan(jasper: Jasper) -> None:
    device = jasper.world.document("jasper", "devices", ACTIVATED)
    jasper.world.plant("jasper", "devices", ACTIVATED, {**device, "_daily": [1024 * 1024, 0, 0, 1]})
    assert jasper.usage()["overageLimitReached"] is False
    jasper.edit(ratePlan="IoT 10MB")
    assert jasper.usage()["overageLimitReached"] is True

"""Finding devices by their last change: filters, order, pages, and the dates that cannot be asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mock_server.apis.draw import ANCHOR
from tests.mock_server.apis.jasper_support import (
    ACTIVATED,
    FIXED_IP,
    INVENTORY,
    TEST_READY,
    Factory,
    Jasper,
    refused,
)


@pytest.fixture
def jasper(double: Factory) -> Jasper:
    jasper = Jasper(double)
    jasper.world.open.clock.set(ANCHOR + timedelta(hours=12))
    return jasper


def ago(jasper: Jasper, days: float) -> str:
    return str((jasper.world.now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S+00:00"))


def found(jasper: Jasper, **query: Any) -> list[str]:
    """The ICCIDs of all pages, in their order."""
    iccids: list[str] = []
    for number in range(1, 100):
        response = jasper.search(pageNumber=number, **query)
        assert response.status_code == 200, response.text
        page = response.json()
        assert page["pageNumber"] == number
        iccids += [device["iccid"] for device in page["devices"]]
        if page["lastPage"]:
            return iccids
    raise AssertionError("there is no last page")


@pytest.mark.parametrize("size", [3, 7, 49, 50])
def test_pages_cover_every_device_once_the_longest_unchanged_first(jasper: Jasper, size: int) -> None:
    iccids = found(jasper, modifiedSince=ago(jasper, 365), pageSize=size)
    assert len(iccids) == len(set(iccids)) == 196
    assert {INVENTORY, TEST_READY, FIXED_IP, ACTIVATED}.isdisjoint(iccids)
    dates = [jasper.device(iccid)["dateUpdated"] for iccid in iccids]
    assert dates == sorted(dates)


def test_in_2016_the_fixed_devices_are_found_first(jasper: Jasper) -> None:
    jasper.world.open.clock.set(datetime(2016, 7, 7, tzinfo=UTC))
    assert found(jasper, modifiedSince=ago(jasper, 365))[:4] == [INVENTORY, TEST_READY, FIXED_IP, ACTIVATED]


def test_years_later_only_what_was_changed_since_is_found(jasper: Jasper) -> None:
    jasper.world.open.clock.set(datetime(2031, 1, 1, tzinfo=UTC))
    assert found(jasper, modifiedSince=ago(jasper, 365)) == []
    jasper.edit(ACTIVATED, deviceID="touched")
    assert found(jasper, modifiedSince=ago(jasper, 365)) == [ACTIVATED]


def test_a_page_has_50_devices_unless_asked_for_fewer(jasper: Jasper) -> None:
    page = jasper.search(modifiedSince=ago(jasper, 365)).json()
    assert (page["pageNumber"], len(page["devices"]), page["lastPage"]) == (1, 50, False)
    assert page["devices"][0].keys() == {"iccid", "status", "ratePlan", "communicationPlan"}


def test_a_page_beyond_the_last_is_empty(jasper: Jasper) -> None:
    for number in (5, 10**9, 2**31 - 1):
        page = jasper.search(modifiedSince=ago(jasper, 365), pageNumber=number).json()
        assert (page["devices"], page["lastPage"]) == ([], True)


def test_a_changed_device_comes_last(jasper: Jasper) -> None:
    first, *rest = found(jasper, modifiedSince=ago(jasper, 365))
    jasper.edit(first, accountCustom1="touched")
    jasper.edit(TEST_READY, deviceID="touched")
    jasper.world.advance(minutes=1)
    assert found(jasper, modifiedSince=ago(jasper, 365)) == [*rest, *sorted([first, TEST_READY])]
    assert found(jasper, modifiedSince=ago(jasper, 0.01)) == sorted([first, TEST_READY])


def test_only_what_was_changed_in_the_period(jasper: Jasper) -> None:
    since, till = ago(jasper, 100), ago(jasper, 40)
    expected = [
        iccid
        for iccid in found(jasper, modifiedSince=ago(jasper, 365))
        if ago_text(since) <= jasper.device(iccid)["dateUpdated"] <= ago_text(till)
    ]
    assert found(jasper, modifiedSince=since, modifiedTill=till) == expected
    assert 20 < len(expected) < 60


def ago_text(query: str) -> str:
    return query.replace("T", " ").replace("+00:00", ".000+0000")


@pytest.mark.parametrize("status", ["ACTIVATED", "DEACTIVATED", "INVENTORY", "TEST_READY", "REPLACED"])
def test_by_status(jasper: Jasper, status: str) -> None:
    everything = found(jasper, modifiedSince=ago(jasper, 365))
    expected = [iccid for iccid in everything if jasper.device(iccid)["status"] == status]
    assert found(jasper, modifiedSince=ago(jasper, 365), status=status) == expected


@pytest.mark.parametrize("name", ["accountCustom1", "accountCustom10", "operatorCustom5", "customerCustom2"])
def test_by_custom_field(jasper: Jasper, name: str) -> None:
    jasper.edit(FIXED_IP, **{name: "a+b & c"})
    assert found(jasper, modifiedSince=ago(jasper, 365), **{name: "a+b & c"}) == [FIXED_IP]


def test_all_filters_must_fit(jasper: Jasper) -> None:
    everything: dict[str, Any] = {"modifiedSince": ago(jasper, 365), "accountId": 100020620}
    jasper.edit(ACTIVATED, deviceID="touched")
    assert len(found(jasper, **everything)) == 197
    assert found(jasper, **everything, status="ACTIVATED", accountCustom1="78") == [ACTIVATED]
    assert found(jasper, **everything, status="RETIRED", accountCustom1="78") == []
    assert found(jasper, modifiedSince=ago(jasper, 365), accountId=1) == []


def test_planted_and_removed_devices_are_found_as_they_are(jasper: Jasper) -> None:
    jasper.world.plant("jasper", "devices", "1234567890123456789", {"dateUpdated": "2020-01-01 00:00:00.000+0000"})
    assert "1234567890123456789" not in found(jasper, modifiedSince=ago(jasper, 365))
    jasper.edit("1234567890123456789", deviceID="mine")
    assert found(jasper, modifiedSince=ago(jasper, 0)) == ["1234567890123456789"]
    assert jasper.device("1234567890123456789")["ratePlan"] == "Default Rate Plan"


@pytest.mark.parametrize("text", ["", "yesterday", "2026-03-01", "2026-02-30T00:00:00Z", "2026-03-01T00:00:00 00:00"])
def test_an_unreadable_date_is_10000003(jasper: Jasper, text: str) -> None:
    refused(jasper.search(modifiedSince=text), 400, "10000003")


def test_a_search_without_a_date_is_10000003(jasper: Jasper) -> None:
    refused(jasper.search(), 400, "10000003")


def test_a_date_over_a_year_ago_is_10000045(jasper: Jasper) -> None:
    refused(jasper.search(modifiedSince=ago(jasper, 367)), 400, "10000045")
    assert jasper.search(modifiedSince=ago(jasper, 365)).status_code == 200


def test_a_date_to_come_is_10002119(jasper: Jasper) -> None:
    refused(jasper.search(modifiedSince=ago(jasper, -0.1)), 400, "10002119")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"status": "SLEEPING"}, "10000005"),
        ({"modifiedTill": "later"}, "10000012"),
        ({"modifiedTill": "2026-02-30T00:00:00Z"}, "10000012"),
        ({"pageSize": 51}, "10000028"),
        ({"pageSize": 0}, "10000028"),
        ({"pageNumber": 0}, "10000028"),
        ({"pageNumber": 2**31}, "10000028"),
        ({"pageNumber": 10**30}, "10000028"),
        ({"accountId": "mine"}, "10000028"),
        ({"pageSize": ["1", "2"]}, "10000028"),
    ],
)
def test_parameters_that_cannot_be(jasper: Jasper, query: dict[str, Any], code: str) -> None:
    refused(jasper.search(modifiedSince=ago(jasper, 1), **query), 400, code)


def test_partial_items(jasper: Jasper) -> None:
    jasper.edit(ACTIVATED, deviceID="touched")
    page = jasper.search(modifiedSince=ago(jasper, 0.6), fields="iccid,status").json()
    assert page["devices"][-1] == {"iccid": ACTIVATED, "status": "ACTIVATED"}
    assert (page["pageNumber"], page["lastPage"]) == (1, True)


def test_every_kind_of_user_may_search(jasper: Jasper) -> None:
    for role in ("operator", "account", "customer"):
        jasper.as_(role)
        assert jasper.search(modifiedSince=ago(jasper, 1)).status_code == 200

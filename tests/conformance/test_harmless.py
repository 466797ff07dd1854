"""What a run may do to a server: without more leave than the defaults give, nothing that cannot be put back."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from conformance.context import READING
from conformance.planted.faults import Answer, Call, Fault, Forward, transport
from conformance.selftest import session_of
from conformance.session import Session
from conformance.target import Target
from tests.conformance.apis.proof import the_double

WRITES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "fleet": {"updateDevice": ("device_id", "forbidden_device_id", "missing_device_id")},
    "masmovil": {"patchSubscriptionDevice": ("device_id", "other_device_id")},
    "mobilefirst": {
        "setDeviceStatus": ("device_id", "missing_device_id"),
        "setDeviceApplicationStatus": ("device_id", "missing_device_id"),
    },
    "jasper": {"editDevice": ("iccid", "iccid_activated", "iccid_pre_activation", "missing_iccid")},
    "zequenze": dict.fromkeys(
        ("updateInventoryDeviceSerialOperation", "patchInventoryDeviceSerial"),
        ("serial_number", "other_serial_number", "missing_serial_number"),
    ),
}
"""The declared writes that can be put back, and the fixtures that they may name."""
OBJECT = {"masmovil": "deviceId", "mobilefirst": "device-id", "jasper": "iccid", "zequenze": "serial_number"}
NOBODY = "11111111-1111-4111-8111-111111111111"


class Recorder:
    """A pass-through that keeps every call with its answer."""

    def __init__(self) -> None:
        self.calls: list[tuple[Call, Answer]] = []

    def __call__(self, call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        self.calls.append((call, answer))
        return answer


def recorded(target: Target, session: Session) -> Recorder:
    """All that a whole run sends to a target."""
    recorder = Recorder()
    fault = Fault("recorder", target.api, "nothing", (), lambda: recorder)
    run = session.open(target, transport=transport(fault, session.contract), remember=False)
    session.check(run, list(session.ledger))
    return recorder


@pytest.mark.parametrize("api", sorted(WRITES))
def test_a_run_by_default_writes_to_the_fixtures_alone_and_deletes_nothing(api: str) -> None:
    """Whatever changes something is a declared write of a fixture; every other method is one that no server has."""
    with the_double(api) as target:
        modest = replace(target, capabilities={})
        calls = recorded(modest, session_of(api)).calls
    assert len(calls) > 200
    for call, answer in calls:
        told = f"{call.method} {call.target} → {answer.status}"
        if call.method in READING or call.method == "PROPFIND":
            continue
        assert call.method in ("PUT", "PATCH"), told
        names = WRITES[api].get(str(call.operation))
        assert names is not None, told
        allowed = {str(target.fixtures[name]) for name in names} | {NOBODY}
        if answer.ok:
            assert call.path[OBJECT.get(api, "device_id")] in allowed, told


@pytest.mark.parametrize("api", ["fleet", "mobilefirst", "zequenze"])
def test_with_leave_to_delete_no_fixture_is_deleted(api: str) -> None:
    """No DELETE of any form names a fixture; what goes was made by the suite, or is the one device that may go."""
    with the_double(api) as target:
        calls = recorded(target, session_of(api)).calls
    fixtures = {str(value) for name, value in target.fixtures.items() if "missing" not in name}
    made = {
        str(device["id"])
        for call, answer in calls
        if call.operation == "createDevices" and answer.ok
        for device in answer.json()["data"]["devices"]
    }
    deletions = [
        (call.target.partition("?")[0].rstrip("/").rpartition("/")[2], answer)
        for call, answer in calls
        if call.method == "DELETE"
    ]
    assert deletions
    assert not {name for name, _ in deletions if name.lstrip("0-") in fixtures}
    gone = {name for name, answer in deletions if answer.ok}
    assert gone <= made if api == "fleet" else len(gone) == 1, gone

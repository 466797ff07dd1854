"""Who may do what: roles that are looked at too late, or not as the page says."""

from __future__ import annotations

from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.mobilefirst.rows import APPLICATION, DEVICE, REMOVE, TRANSACTIONS, plain
from conformance.planted.mobilefirst.strokes import ADMIN, refused, when
from conformance.planted.tools import as_if_by

MONITOR = "Basic bW9uaXRvcjptb25pdG9y"
DEPLOYER = "Basic ZGVwbG95ZXI6ZGVwbG95ZXI="


def for_user(authorization: str, modifier: Modifier) -> Modifier:
    return when(lambda call: call.header("Authorization") == authorization, modifier)


def done_before_the_role_is_looked_at(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    if answer.status == 403:
        forward(call.with_header("Authorization", ADMIN))
    return answer


FAULTS: tuple[Fault, ...] = (
    plain(
        "role-after-the-change",
        "the role is looked at when the change is made",
        DEVICE,
        "changes-while-refused",
        done_before_the_role_is_looked_at,
    ),
    plain(
        "application-role-after-the-change",
        "the role is looked at when the application is changed",
        APPLICATION,
        "changes-while-refused",
        done_before_the_role_is_looked_at,
    ),
    plain(
        "removal-role-after",
        "the role is looked at when the device is gone",
        REMOVE,
        "refused-stays",
        done_before_the_role_is_looked_at,
    ),
    plain(
        "monitor-writes",
        "a monitor may change devices",
        DEVICE,
        "role-monitor",
        for_user(MONITOR, as_if_by(ADMIN)),
    ),
    plain(
        "deployer-refused",
        "a deployer may not change devices",
        DEVICE,
        "role-deployer",
        for_user(DEPLOYER, refused(403)),
    ),
    plain(
        "monitor-reads-not",
        "a monitor may not read transactions",
        TRANSACTIONS,
        "role-monitor",
        for_user(MONITOR, refused(403)),
    ),
)

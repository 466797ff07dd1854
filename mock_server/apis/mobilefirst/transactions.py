"""Transactions: one after the other in each runtime, at once or with the world's clock.

An asynchronous transaction waits for those before it (PENDING), then spends PHASE in each of PENDING, PREPARING and
COMMITTING before it is a SUCCESS; its change is made at that moment. When what it is about has gone before it could be
prepared, it goes from PREPARING through REJECTING to FAILURE. A synchronous one brings whatever is queued before it to
its end, and is at its end itself when it is answered.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mock_server.apis.mobilefirst.devices import (
    collection,
    find,
    has_application,
    moment,
    stamp,
    with_application_status,
    with_status,
)
from mock_server.apis.mobilefirst.history import HISTORY
from mock_server.apis.mobilefirst.messages import message
from mock_server.types import Document, World

TRANSACTIONS = "transactions"
QUEUES = "queues"
PHASE = timedelta(milliseconds=125)
"""Seen by who looks ten times a second, and soon over for who waits; a frozen clock holds any state."""
KEPT = 1_000
"""So many transactions are remembered: a double under load must not grow for ever."""
ENDED = frozenset({"SUCCESS", "FAILURE", "CANCELED"})
_ALL = "all"


def begin(
    world: World, runtime_name: str, kind: str, description: Document, user: str, *, queued: bool, locale: str
) -> Document:
    """Start a transaction; carried out already unless `queued`. What comes back is as it is stored."""
    number = len(HISTORY) + world.number(TRANSACTIONS)
    now = stamp(world.now)
    transaction: Document = {
        "appServerId": "Tomcat",
        "description": description,
        "errors": [],
        "id": number,
        "project": {"name": runtime_name},
        "status": "PENDING",
        "timeCreated": now,
        "timeUpdated": now,
        "type": kind,
        "userName": user,
        "_locale": locale,
    }
    if queued:
        _enqueue(world, transaction)
    else:
        _finish_queue(world, runtime_name)
        transaction = _carry_out(world, transaction, world.now)
    world.put(TRANSACTIONS, str(number), transaction)
    if number > KEPT:
        _forget(world, str(number - KEPT))
    return transaction


def _forget(world: World, key: str) -> None:
    """Drop the transaction unless it is still under way."""
    old = world.get(TRANSACTIONS, key)
    if old is not None and old["status"] in ENDED:
        world.delete(TRANSACTIONS, key)


def settle(world: World) -> None:
    """Move every queue on to where it is at the world's time. One read when nothing is due."""
    stored = world.get(QUEUES, _ALL)
    if stored is None or not stored["runtimes"] or world.now < _due(stored["due"]):
        return
    queues = {name: _advance(world, queue) for name, queue in stored["runtimes"].items()}
    _store(world, queues)


def busy(world: World, runtime_name: str) -> bool:
    """Whether the runtime has a transaction under way."""
    stored = world.get(QUEUES, _ALL)
    return bool(stored and stored["runtimes"].get(runtime_name))


def view(transaction: Document) -> Document:
    """The transaction as it is answered, without what is kept beside."""
    shown = dict(transaction)
    shown.pop("_locale", None)
    return shown


def _due(text: str) -> datetime:
    found = moment(text)
    assert found is not None
    return found


def _store(world: World, queues: Mapping[str, list[dict[str, Any]]]) -> None:
    """Keep the queues: by runtime the number of each transaction with the moment of its next step."""
    filled = {name: queue for name, queue in queues.items() if queue}
    due = min((queue[0]["due"] for queue in filled.values()), default="")
    world.put(QUEUES, _ALL, {"due": due, "runtimes": filled})


def _enqueue(world: World, transaction: Document) -> None:
    stored = world.get(QUEUES, _ALL)
    queues = dict(stored["runtimes"]) if stored else {}
    runtime_name = transaction["project"]["name"]
    waiting = queues.get(runtime_name, [])
    entry = {"id": transaction["id"], "due": stamp(world.now + PHASE)}
    queues[runtime_name] = [*waiting, entry]
    _store(world, queues)


def _advance(world: World, queue: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rest of a queue after every step that is due; the next one starts when the one before has ended."""
    rest = list(queue)
    while rest and (at := _due(rest[0]["due"])) <= world.now:
        if _step(world, rest[0]["id"], at):
            del rest[0]
            if rest:
                rest[0] = {**rest[0], "due": stamp(at + PHASE)}
        else:
            rest[0] = {**rest[0], "due": stamp(at + PHASE)}
    return rest


def _step(world: World, number: int, at: datetime) -> bool:
    """Take the next step of a transaction at the moment `at`; whether that ended it."""
    transaction = world.get(TRANSACTIONS, str(number))
    if transaction is None or transaction["status"] in ENDED:
        return True
    moved = _next(world, transaction, at)
    world.put(TRANSACTIONS, str(number), moved)
    return moved["status"] in ENDED


def _next(world: World, transaction: Document, at: datetime) -> Document:
    current = transaction["status"]
    if current == "PENDING":
        return _moved(transaction, "PREPARING", at)
    if current == "PREPARING":
        return _moved(transaction, "REJECTING" if _aim(world, transaction) is None else "COMMITTING", at)
    if current == "REJECTING":
        return _failed(transaction, at)
    return _carry_out(world, transaction, at)


def _moved(transaction: Document, to: str, at: datetime) -> Document:
    return {**transaction, "status": to, "timeUpdated": stamp(at)}


def _failed(transaction: Document, at: datetime) -> Document:
    details = message("RESOURCE_NOT_FOUND", transaction.get("_locale", ""))
    return {**_moved(transaction, "FAILURE", at), "errors": [{"details": details}]}


def _finish_queue(world: World, runtime_name: str) -> None:
    """Bring the runtime's waiting transactions to their end now, in their order."""
    stored = world.get(QUEUES, _ALL)
    if stored is None or not stored["runtimes"].get(runtime_name):
        return
    for entry in stored["runtimes"][runtime_name]:
        while not _step(world, entry["id"], world.now):
            pass
    _store(world, {**stored["runtimes"], runtime_name: []})


def _aim(world: World, transaction: Document) -> Document | None:
    """The device that the transaction is about; None when it, or the application on it, has gone."""
    description = transaction["description"]
    device = find(world, transaction["project"]["name"], description["deviceId"])
    if device is None or ("appName" in description and not has_application(device, description["appName"])):
        return None
    return device


def _carry_out(world: World, transaction: Document, at: datetime) -> Document:
    """Make the change and end the transaction."""
    device = _aim(world, transaction)
    if device is None:
        return _failed(transaction, at)
    description = transaction["description"]
    key = description["deviceId"]
    devices = collection(transaction["project"]["name"])
    if transaction["type"] == "REMOVE_DEVICE":
        world.delete(devices, key)
    elif transaction["type"] == "CHANGE_DEVICE_STATUS":
        world.put(devices, key, with_status(device, description["status"], at))
    else:
        world.put(devices, key, with_application_status(device, description["appName"], description["status"]))
    return _moved(transaction, "SUCCESS", at)

"""A tiny API of notes: its contract, what it says to the suite, and a correct server with faults to switch on."""

from __future__ import annotations

from pathlib import Path

from conformance.api import Api, Capability, Filter, Fixture, Listing, Resource, Role
from conformance.requirements import ledger_of
from conformance.run import Options
from conformance.session import Session
from conformance.target import Credential, Target
from openapi.contract import load

CONTRACT = Path(__file__).parent / "tiny.yaml"

API = Api(
    id="tiny",
    roles=(Role("writer", "token"), Role("reader", "token")),
    fixtures=(
        Fixture("note", "a note that may be changed", kind=int),
        Fixture("other_note", "another note"),
        Fixture("missing_note", "a number that no note has"),
        Fixture("titles", "some titles", kind=list, optional=True),
    ),
    capabilities=(
        Capability("robustness", True, "hostile but harmless requests"),
        Capability("danger", False, "nothing"),
    ),
    bindings={"id": "note"},
    conditions={"unknown": {"id": "missing_note"}},
    resources=(Resource("note", write="patchNote", other={"id": "other_note"}),),
    lists=(
        Listing(
            "listNotes",
            items="/items",
            paging="offset",
            total="/total",
            single="getNote",
            parameter="id",
            filters=(Filter("color", "/color"),),
        ),
    ),
)


def session(examples: int = 10, seed: int = 0, *, safe: bool = False) -> Session:
    """The suite for the tiny API."""
    contract = load(CONTRACT)
    return Session(contract, API, ledger_of(contract, API), Options(examples, seed, safe))


def target(base_url: str) -> Target:
    """The tiny server as a target, with everything filled in."""
    credentials = {name: Credential(name, token=f"{name}-key") for name in ("writer", "reader")}
    fixtures = {"note": 1, "other_note": "2", "missing_note": "999"}
    return Target("tiny", base_url, credentials, fixtures, capabilities={"robustness": True, "danger": False})

"""The table of APIs that the suite knows more of than their contracts say; each is a folder beside this file."""

from __future__ import annotations

from importlib import import_module

from conformance.api import Api, Capability, Resource
from openapi.contract import Contract

MODULES = {
    "fleet": "conformance.apis.fleet",
    "masmovil": "conformance.apis.masmovil",
    "mobilefirst": "conformance.apis.mobilefirst",
    "jasper": "conformance.apis.jasper",
    "zequenze": "conformance.apis.zequenze",
}


def api_of(name: str) -> Api:
    """The table of one of our APIs."""
    found = import_module(MODULES[name]).API
    assert isinstance(found, Api)
    return found


def table_for(contract: Contract) -> Api:
    """The table of a contract: our own, or what can be told from the contract alone.

    A PATCH is an update of what GET on the same path reads, and is put back; whatever else changes the server is off
    unless the target allows it.
    """
    if contract.api in MODULES:
        return api_of(contract.api)
    reads = {one.path: one.id for one in contract.operations.values() if one.method == "GET"}
    updates = [one for one in contract.operations.values() if one.method == "PATCH" and one.path in reads]
    others = [one.id for one in contract.operations.values() if one.method not in ("GET", "HEAD", "OPTIONS", "PATCH")]
    return Api(
        id=contract.api,
        capabilities=(
            Capability("robustness", True, "hostile but harmless requests"),
            Capability("changes", False, "send what cannot be put back: POST, PUT and DELETE"),
        ),
        needs=dict.fromkeys(others, "capability:changes"),
        resources=tuple(Resource(one.id, write=one.id, read=reads[one.path], answer=None) for one in updates),
    )

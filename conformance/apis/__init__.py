"""The table of APIs that the suite knows more of than their contracts say; each is a folder beside this file."""

from __future__ import annotations

from importlib import import_module

from conformance.api import Api

MODULES = {
    "fleet": "conformance.apis.fleet",
    "masmovil": "conformance.apis.masmovil",
    "mobilefirst": "conformance.apis.mobilefirst",
    "jasper": "conformance.apis.jasper",
    "zequenze": "conformance.apis.zequenze",
}


def api_of(name: str) -> Api:
    """The table of an API; an empty one for a contract that is not among ours."""
    if name not in MODULES:
        return Api(id=name)
    found = import_module(MODULES[name]).API
    assert isinstance(found, Api)
    return found

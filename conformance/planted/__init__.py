"""The table of planted faults: the generic ones of each API, and those of its own file or folder beside this one."""

from __future__ import annotations

from importlib import import_module

from conformance.planted.faults import Fault

MODULES = {
    "fleet": "conformance.planted.fleet",
    "masmovil": "conformance.planted.masmovil",
    "mobilefirst": "conformance.planted.mobilefirst",
    "jasper": "conformance.planted.jasper",
    "zequenze": "conformance.planted.zequenze",
}


def faults_for(api: str) -> tuple[Fault, ...]:
    """All planted faults of an API, the generic ones first."""
    from conformance.planted.generic import faults_of

    own: tuple[Fault, ...] = import_module(MODULES[api]).FAULTS
    return (*faults_of(api), *own)


def all_faults() -> dict[str, Fault]:
    """Every planted fault by its id."""
    return {fault.id: fault for api in MODULES for fault in faults_for(api)}

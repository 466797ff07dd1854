"""Reading devices and what belongs to them from a world; members that a planted document lacks are blank."""

from typing import Any

from mock_server.apis.jasper.catalogue import ACCOUNT_ID, BLANK
from mock_server.apis.jasper.fleet import ACCOUNTS, DEVICES, Sims
from mock_server.types import Document, Refused, Request, World


def whole(iccid: str, stored: Document) -> Document:
    """The device with all its members."""
    return {**BLANK, **stored, "iccid": iccid}


def find(world: World, request: Request) -> Document:
    """The device that the path names. Raises Refused("unknown")."""
    iccid: str = request.path["iccid"]
    stored = world.get(DEVICES, iccid)
    if stored is None:
        raise Refused("unknown", iccid=iccid)
    return whole(iccid, stored)


def untouched(world: World) -> Sims:
    """The devices as they were when the world began."""
    began = (world.get(ACCOUNTS, ACCOUNT_ID) or {}).get("devices")
    return Sims(world.seed, began if isinstance(began, int) else world.count(DEVICES))


def partial(item: Document, fields: str | None) -> dict[str, Any]:
    """The members that `fields` names, separated by commas; all of them when it names none."""
    names = {name.strip() for name in (fields or "").split(",")} - {""}
    return {name: value for name, value in item.items() if name in names} if names else dict(item)

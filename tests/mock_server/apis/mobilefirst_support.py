"""What the tests of MobileFirst share: credentials, paths, reading one device out of the list."""

from typing import Any
from xml.etree import ElementTree

from tests.support import Client

ROLES = {"admin": "admin", "deployer": "deployer", "demouser": "demouser", "monitor": "monitor"}
RUNTIME = "/management-apis/2.0/runtimes/myruntime"
DEVICE = f"{RUNTIME}/devices/12345-6789"
OTHER = f"{RUNTIME}/devices/98765-4321"
APPLICATION = f"{DEVICE}/applications/com.example.app"


def pages(client: Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """Every page of a list, by its bookmarks."""
    found = [client.get(path, params=query).json()]
    while "nextPageBookmark" in found[-1]:
        found.append(client.get(path, params={**query, "bookmark": found[-1]["nextPageBookmark"]}).json())
    return found


def devices(client: Client, **query: Any) -> dict[str, dict[str, Any]]:
    """All devices of the runtime by id, in the list's order."""
    return {item["id"]: item for page in pages(client, f"{RUNTIME}/devices", **query) for item in page["items"]}


def device(client: Client, key: str = "12345-6789") -> dict[str, Any]:
    """One device as the list shows it."""
    return devices(client)[key]


def plain(element: ElementTree.Element) -> Any:
    """An element as (tag, attributes, children), for comparing whole documents."""
    return element.tag, dict(element.attrib), [plain(child) for child in element]

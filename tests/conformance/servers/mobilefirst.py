"""MobileFirst a second time: a small server of its own, as far from the double as the documents allow.

Written from page 002 and the vendor's reference of the sibling operations. Where those are silent it takes another
way: objects are looked for before roles and payloads; refusals are the web container's HTML, or JSON of another form;
an asynchronous request is answered 202 with `ok` false; parameters that cannot be are passed over; pages count from
0; lists are sorted without regard to case, statuses by rank; times carry an offset; `errors` is left out when there
are none; a synchronous transaction waits for the ones before it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import io
import json
import uuid
import zipfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import quoteattr

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.conformance.servers.beside import beside

Document = dict[str, Any]
BASE = "/mfpadmin"
ROOT = BASE + "/management-apis/2.0/runtimes/{runtime}"
USERS = {"admin": "admin", "deployer": "deployer", "demouser": "demouser", "monitor": "monitor"}
STATUSES = ("ACTIVE", "LOST", "STOLEN", "EXPIRED", "DISABLED")
RANKS = (*STATUSES, "PENDING", "PREPARING", "COMMITTING", "REJECTING", "SUCCESS", "FAILURE", "CANCELED")
ORDERS = {"uid": "id", "friendlyName": "deviceDisplayName", "created": "timeCreated", "updated": "timeUpdated"}
ORDERS |= {"user": "userName", "server": "appServerId"}


class Refusal(Exception):
    """A request that is not carried out: the status says why."""

    def __init__(self, status: int, told: str) -> None:
        self.status = status
        self.told = told


@dataclass
class Runtime:
    """The devices and transactions of one runtime, and the lock that its transactions take in turn."""

    name: str
    devices: dict[str, Document] = field(default_factory=dict)
    transactions: dict[int, Document] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    queued: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


def written(moment: datetime) -> str:
    """ISO 8601 with milliseconds and an offset."""
    return moment.isoformat(timespec="milliseconds")


def device(key: str, index: int, status: str, seen: datetime) -> Document:
    system = ("android", "ios", "windows8")[index % 3]
    names = ["com.example.app"] + (["com.example.Field"] if index % 2 == 0 else [])
    return {
        "id": key,
        "status": status,
        "lastAccessed": seen.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "deviceOs": f"{4 + index % 6}.{index % 4}",
        "deviceModel": ("Nexus 7", "iPhone", "lumia 950")[index % 3],
        "deviceDisplayName": None if index % 11 == 3 else f"{('phone', 'Tablet', 'Scanner')[index % 3]} {index}",
        "deviceEnvironment": system,
        "userIds": [{"str": ("Jeremy", "demouser", "anna", "Bob")[index % 4]}] if index % 7 else [],
        "applicationDeviceAssociations": [association(key, name, system, status) for name in names],
    }


def association(key: str, name: str, system: str, status: str) -> Document:
    shared = {"deviceId": key, "deviceStatus": status, "status": "ENABLED", "certSerialNumber": None}
    return shared | {"appName": name, "appId": f"{name}${system}$1.0.2"}


def begun(number: int, kind: str, user: str, runtime: str, told: Document, moment: datetime) -> Document:
    """A transaction that is yet to be carried out."""
    at = written(moment)
    who = {"userName": user, "project": {"name": runtime}, "appServerId": "WebSphere", "node": 1}
    return who | {
        "id": number,
        "type": kind,
        "status": "PENDING",
        "timeCreated": at,
        "timeUpdated": at,
        "description": told,
    }


def populated() -> Runtime:
    now = datetime.now(UTC)
    runtime = Runtime("myruntime")
    keys = ["12345-6789", "98765-4321", *(str(uuid.UUID(int=n * 7919 << 96 | n)) for n in range(1, 160))]
    for index, key in enumerate(keys):
        days = 95 + index if index % 20 == 19 else index % 80
        status = "EXPIRED" if days > 90 else STATUSES[(0, 1, 2, 4)[index % 4]] if index % 9 == 8 else "ACTIVE"
        runtime.devices[key] = device(key, index, status, now - timedelta(days=days, minutes=index))
    for number in range(1001, 1010):
        kind, told = ("DELETE_ADAPTER", {}) if number % 2 else ("CHANGE_DEVICE_STATUS", {"deviceId": keys[9]})
        moment = now - timedelta(days=2, hours=number % 7)
        made = begun(number, kind, ("admin", "demouser")[number % 2], runtime.name, told, moment)
        made.update(
            status="FAILURE" if number % 4 == 0 else "SUCCESS", timeUpdated=written(moment + timedelta(seconds=3))
        )
        if made["status"] == "FAILURE":
            made["errors"] = [{"details": "An internal error occured.", "severity": "ERROR"}]
        runtime.transactions[number] = made
    return runtime


def element(name: str, value: Any) -> str:
    """A member as XML: plain values as attributes, objects and lists as children."""
    if isinstance(value, list):
        inner = "".join(element(name[:-1], item) for item in value)
        return f"<{name}>\n{inner}</{name}>\n"
    attributes, children = "", ""
    for key, part in reversed(value.items()):
        if isinstance(part, dict | list):
            children += element(key, part)
        elif part is not None:
            text = str(part).lower() if isinstance(part, bool) else str(part)
            attributes += f" {key}={quoteattr(text)}"
    return f"<{name}{attributes}>{children}</{name}>\n" if children else f"<{name}{attributes} />\n"


def preferred(accept: str) -> str:
    """The media type that an Accept field prefers; JSON when it names none of ours, and among equals."""
    asked: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        asked[name] = next((float(text[2:]) for text in parameters if text[2:].replace(".", "").isdigit()), 1.0)

    def quality(kind: str) -> float:
        return next((asked[name] for name in (kind, kind.split("/")[0] + "/*", "*/*") if name in asked), 0.0)

    return max(("application/json", "application/xml", "text/xml"), key=quality)


def answer(request: Request, root: str, value: Document, status: int = 200) -> Response:
    kind = preferred(request.headers.get("accept", ""))
    if kind == "application/json":
        return Response(json.dumps(value, indent=1), status, media_type="application/json; charset=utf-8")
    return Response(f"<?xml version='1.0'?>\n{element(root, value)}", status, {"Content-Type": f"{kind};charset=UTF-8"})


def refused(refusal: Refusal) -> Response:
    """400 and 404 as the application's own JSON, the rest as the web container's page."""
    if refusal.status in (400, 404):
        return Response(json.dumps({"message": refusal.told}), refusal.status, media_type="application/json")
    headers = {"WWW-Authenticate": 'Basic realm="default", charset="UTF-8"'} if refusal.status == 401 else {}
    page = f"<html><body><h1>HTTP Status {refusal.status}</h1>{refusal.told}</body></html>"
    return Response(page, refusal.status, headers, media_type="text/html; charset=ISO-8859-1")


def user_of(request: Request) -> str:
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    try:
        name, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal(401, "Unreadable credentials.") from None
    if scheme.lower() != "basic" or USERS.get(name) != password:
        raise Refusal(401, "This request requires HTTP authentication.")
    return name


async def payload_status(request: Request, allowed: tuple[str, ...]) -> str:
    """The status in the payload. Raises Refusal 400."""
    kind = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refusal(400, "The payload is not recognized.") from None
    if kind != "application/json" or not isinstance(body, dict) or body.get("status") not in allowed:
        raise Refusal(400, "Invalid payload.")
    return str(body["status"])


@dataclass
class Call:
    """One request, the runtime that it is about, and who makes it."""

    request: Request
    runtime: Runtime
    user: str


Handler = Callable[[Call], Awaitable[Response]]


class Service:
    """The operations over the runtimes; `pause` is how long a phase of an asynchronous transaction takes."""

    def __init__(self, pause: float) -> None:
        self.runtimes = {"myruntime": populated()}
        self.pause = pause
        self.last = 1009

    def routes(self) -> Iterator[Route]:
        table: tuple[tuple[str, str, Handler], ...] = (
            ("/devices", "GET", self.list_devices),
            ("/devices/{device}", "PUT", self.set_status),
            ("/devices/{device}", "DELETE", self.remove),
            ("/devices/{device}/applications/{application}", "PUT", self.set_application_status),
            ("/transactions", "GET", self.list_transactions),
            ("/transactions/{transaction}", "GET", self.transaction),
            ("/lock", "GET", self.lock),
        )
        for path in dict.fromkeys(path for path, _, _ in table):
            methods = {method: handler for at, method, handler in table if at == path}
            yield Route(ROOT + path, self.guarded(methods), methods=list(methods))

    def guarded(self, methods: Mapping[str, Handler]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            method = "GET" if request.method == "HEAD" else request.method
            try:
                user = user_of(request)
                runtime = self.runtimes.get(request.path_params["runtime"])
                if runtime is None and not request.url.path.endswith("/lock"):
                    raise Refusal(404, "The runtime does not exist.")
                return await methods[method](Call(request, runtime or Runtime("none"), user))
            except Refusal as refusal:
                return refused(refusal)

        return endpoint

    async def list_devices(self, call: Call) -> Response:
        query = call.request.query_params
        found = [one for one in call.runtime.devices.values() if mentions(one, query.get("query", "").lower())]
        return answer(call.request, "devices", page(ordered(found, query, "uid"), query, 0))

    async def list_transactions(self, call: Call) -> Response:
        query = call.request.query_params
        found = list(call.runtime.transactions.values())
        if query.get("file") == "true":
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w") as archive:
                for one in found:
                    archive.writestr(f"transaction-{one['id']}.json", json.dumps(one))
            return Response(buffer.getvalue(), 200, media_type="application/zip")
        if query.get("mode") == "errors":
            found = [one for one in found if one["status"] == "FAILURE"]
        start = int(query["offset"]) if query.get("offset", "").isdigit() else 0
        found = ordered(found, query, "created")
        return answer(call.request, "transactions", page(found, query, start))

    async def transaction(self, call: Call) -> Response:
        text = call.request.path_params["transaction"]
        if not text.isdigit():
            raise Refusal(400, "A transaction has a number.")
        if int(text) not in call.runtime.transactions:
            raise Refusal(404, "The resource is not found.")
        return answer(call.request, "transaction", {**call.runtime.transactions[int(text)], "productVersion": "8.0.0"})

    async def lock(self, call: Call) -> Response:
        return answer(call.request, "lock", {"busy": call.runtime.queued > 0})

    async def set_status(self, call: Call) -> Response:
        key, devices = self.known_device(call), call.runtime.devices
        status = await payload_status(call.request, STATUSES)

        def change() -> None:
            parts = [{**part, "deviceStatus": status} for part in devices[key]["applicationDeviceAssociations"]]
            devices[key] = {**devices[key], "status": status, "applicationDeviceAssociations": parts}

        told = {"status": status, "deviceId": key}
        return await self.transact(call, "set-device-status-result", "CHANGE_DEVICE_STATUS", told, change)

    async def set_application_status(self, call: Call) -> Response:
        key, devices = self.known_device(call), call.runtime.devices
        name = call.request.path_params["application"]
        if all(part["appName"] != name for part in devices[key]["applicationDeviceAssociations"]):
            raise Refusal(400, "The application is not on the device.")
        status = await payload_status(call.request, ("ENABLED", "DISABLED"))

        def change() -> None:
            parts = devices[key]["applicationDeviceAssociations"]
            changed = [{**part, "status": status} if part["appName"] == name else part for part in parts]
            devices[key] = {**devices[key], "applicationDeviceAssociations": changed}

        root, told = "set-applicationdevice-status-result", {"appName": name, "deviceId": key, "status": status}
        return await self.transact(call, root, "CHANGE_DEVICE_APPLICATION_STATUS", told, change)

    async def remove(self, call: Call) -> Response:
        key, devices = self.known_device(call), call.runtime.devices

        def change() -> None:
            del devices[key]

        return await self.transact(call, "remove-device-result", "REMOVE_DEVICE", {"deviceId": key}, change)

    def known_device(self, call: Call) -> str:
        """The id of a device that exists and that the user may change. Raises Refusal 404, then 403."""
        key = call.request.path_params["device"]
        if key not in call.runtime.devices:
            raise Refusal(404, "The resource is not found.")
        if call.user == "monitor":
            raise Refusal(403, "The user is not authorized to call this service.")
        return str(key)

    async def transact(
        self, call: Call, root: str, kind: str, description: Document, change: Callable[[], None]
    ) -> Response:
        """Make the change in a transaction, before or after the answer."""
        self.last += 1
        runtime = call.runtime
        transaction = begun(self.last, kind, call.user, runtime.name, description, datetime.now(UTC))
        runtime.transactions[self.last] = transaction
        if call.request.query_params.get("async") == "true":
            shown = {"ok": False, "transaction": dict(transaction), "productVersion": "8.0.0"}
            task = asyncio.get_running_loop().create_task(self.carry_out(runtime, transaction, change, self.pause))
            runtime.tasks.add(task)
            task.add_done_callback(runtime.tasks.discard)
            return answer(call.request, root, shown, 202)
        await self.carry_out(runtime, transaction, change, 0)
        ok = transaction["status"] == "SUCCESS"
        return answer(call.request, root, {"ok": ok, "transaction": transaction, "productVersion": "8.0.0"})

    async def carry_out(
        self, runtime: Runtime, transaction: Document, change: Callable[[], None], pause: float
    ) -> None:
        """Wait for the lock, then go from phase to phase to the end."""
        runtime.queued += 1
        try:
            async with runtime.lock:
                for state in ("PREPARING", "COMMITTING"):
                    transaction.update(status=state, timeUpdated=written(datetime.now(UTC)))
                    if pause:
                        await asyncio.sleep(pause)
                try:
                    change()
                    transaction["status"] = "SUCCESS"
                except KeyError:
                    transaction.update(status="FAILURE", errors=[{"details": "The device is not found."}])
                transaction["timeUpdated"] = written(datetime.now(UTC))
        finally:
            runtime.queued -= 1


def ordered(found: list[Document], query: Mapping[str, str], usual: str) -> list[Document]:
    """Sorted without regard to case, statuses by rank; by what is usual when the order is none."""
    order = query.get("orderBy", usual)
    name = ORDERS.get(order.removeprefix("-"), order.removeprefix("-"))
    member = name if found and isinstance(found[0].get(name, 0), str | None) else ORDERS[usual]

    def rank(one: Document) -> Any:
        value = one[member] or ""
        return RANKS.index(value) if value in RANKS else value.lower()

    return sorted(found, key=rank, reverse=order.startswith("-"))


def mentions(one: Document, text: str) -> bool:
    """Whether a device's name or one of its users contains the text."""
    names = (one["deviceDisplayName"] or "", *(user["str"] for user in one["userIds"]))
    return any(text in name.lower() for name in names)


def page(found: list[Document], query: Mapping[str, str], start: int) -> Document:
    """The page from `start`, or from where a bookmark says. A size that cannot be counts for nothing."""
    size = int(query["pageSize"]) if query.get("pageSize", "").isdigit() and int(query["pageSize"]) else 100
    if "bookmark" in query:
        try:
            start = int(base64.urlsafe_b64decode(query["bookmark"]).decode().removeprefix("from:"))
        except ValueError:
            raise Refusal(400, "The bookmark is not known.") from None
    made = {
        "totalListSize": len(found),
        "startIndex": start,
        "pageSize": size,
        "pageNumber": start // size,
        "prevPageBookmark": bookmark(max(0, start - size)),
        "productVersion": "8.0.0",
        "items": [{**item, **beside()} for item in found[start : start + size]],
    }
    return made | ({"nextPageBookmark": bookmark(start + size)} if start + size < len(found) else {})


def bookmark(start: int) -> str:
    return base64.urlsafe_b64encode(f"from:{start}".encode()).decode()


def create_app(pause: float = 0.06) -> Starlette:
    """The server over a fresh world with the default world's fixed objects, which `state.devices` holds."""
    service = Service(pause)
    app = Starlette(routes=list(service.routes()))
    app.state.devices = service.runtimes["myruntime"].devices
    return app

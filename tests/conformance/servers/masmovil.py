"""MasSubscriptions a second time: a small server of its own, as far from the double as the documents allow.

Written from page 001, the vendor's other pages, and RFC 5789, 6901, 6902. Where those are silent it takes another
way: bodies are read before organization, subscription and device are looked for, and these are one look-up; codes are
its own wherever the catalogue has none; a filter that is given counts, even when it is empty; filters and ids are
compared without regard to case; the newest device is listed first; times are shown with milliseconds and an offset;
each device has two members more; `id` is taken as it is sent; members that nobody knows are passed over in POST and
kept in PATCH; there is no Location; a patch that cannot be applied is a conflict, or else unprocessable.
"""

from __future__ import annotations

import copy
import json
import math
import re
import uuid
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.conformance.servers.beside import beside

Document = dict[str, Any]
Handler = Callable[[Request], Awaitable[Response]]
BASE = "/v2"
ROOT = BASE + "/orgs/{org}"
CATALOGUE = "https://developers.masstack.com/en/guides/subscriptions/errorcatalogue"
TOKENS = {"masmovil-token": {"yoigo"}}
SUBSCRIPTION = "5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11"
SHOWN_ONLY = ("last_modified", "links", *beside())
TERMS = ("BORROWED", "FINANCED", "ONE_TIME_PAYMENT")
COMMITMENT: Document = {"id": "uuid", "legacy_id": "integer"}
COMMITMENT |= dict.fromkeys(("expiration_date", "cancellation_date"), "date")
COMMITMENT |= dict.fromkeys(("cancellation_system", "cancellation_user"), "text")
TEXTS = (
    "catalogue_commercial_device_id catalogue_device_id reservation_id signature_process_id shipping_order_id "
    "pickup_order_id serial_number mac_address imei"
)
DEVICE: Document = {
    **dict.fromkeys(TEXTS.split(), "text"),
    **dict.fromkeys(("legacy_id", "legacy_account_id"), "integer"),
    **dict.fromkeys(("in_store_delivery_date", "in_store_returned_date"), "date"),
    "id": "uuid",
    "acquisition_type": "terms",
    "insurable_amount": "amount",
    "manufacturing_info": {"id_type": "text", "id": "text"},
    "commitments": [COMMITMENT],
}
MOST_VALUES = 20_000


class Refusal(Exception):
    """A request that is not carried out."""

    def __init__(self, status: int, code: str, told: str) -> None:
        self.status, self.code, self.told = status, code, told


def moment(text: str) -> datetime:
    """A time with an offset, as ISO 8601 has it. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if "T" not in text.upper() or found.tzinfo is None:
        raise ValueError("no time with an offset")
    return found.astimezone(UTC)


def plain(kind: str, value: Any) -> Any:
    """A single value in the form in which it is kept. Raises ValueError when it is of another kind."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "amount" and (value is None or number):
        return value
    if kind == "integer" and number and value == int(value):
        return int(value)
    if not isinstance(value, str) or kind in ("amount", "integer"):
        raise ValueError(f"must be {kind}")
    if kind == "date":
        return moment(value).isoformat(timespec="milliseconds")
    if kind == "uuid" and not re.fullmatch(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", value):
        raise ValueError("must be a UUID")
    if kind == "terms" and value not in TERMS:
        raise ValueError(f"must be one of {', '.join(TERMS)}")
    return value


def kept(kind: Any, value: Any, place: str, *, unknown: bool) -> Any:
    """A value as it is kept; `unknown` says whether members that nobody knows are. Raises Refusal."""
    if isinstance(kind, list):
        if not isinstance(value, list):
            raise Refusal(422, "UNPROCESSABLE_DEVICE", f"{place} must be a list")
        return [kept(kind[0], item, f"{place}[{i}]", unknown=True) for i, item in enumerate(value)]
    if isinstance(kind, dict):
        if not isinstance(value, dict):
            raise Refusal(422, "UNPROCESSABLE_DEVICE", f"{place} must be an object")
        members = {name: kept(kind[name], part, name, unknown=unknown) for name, part in value.items() if name in kind}
        return {name: members.get(name, part) for name, part in value.items() if unknown or name in kind}
    try:
        return plain(kind, value)
    except (ValueError, OverflowError) as error:
        raise Refusal(422, "UNPROCESSABLE_DEVICE", f"{place}: {error}") from None


def device_of(value: Any, *, unknown: bool) -> Document:
    """A device that may be kept. Raises Refusal."""
    found: Document = kept(DEVICE, value, "device", unknown=unknown)
    if not {"catalogue_commercial_device_id", "legacy_account_id"} <= found.keys():
        raise Refusal(422, "UNPROCESSABLE_DEVICE", "offer and account are needed")
    return found


def steps_of(pointer: Any) -> list[str]:
    """The steps of a JSON Pointer. Raises Refusal."""
    if not isinstance(pointer, str) or (pointer and pointer[0] != "/") or re.search("~(?![01])", pointer):
        raise Refusal(400, "MALFORMED_PATCH", f"{pointer!r} is no JSON Pointer")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def conflict(told: str) -> Refusal:
    return Refusal(409, "PATCH_CONFLICT", told)


def place(holder: Any, step: str, *, end: bool = False) -> Any:
    """The key for a step in an object or array; `end` allows the place after the last. Raises Refusal."""
    if isinstance(holder, dict) and (end or step in holder):
        return step
    if not isinstance(holder, list):
        raise conflict(f"there is no {step!r}")
    if end and step == "-":
        return len(holder)
    index = int(step) if re.fullmatch("0|[1-9][0-9]{0,8}", step) else len(holder) + 1
    if index < len(holder) + end:
        return index
    raise conflict(f"there is no {step!r}")


def found_at(document: Any, steps: list[str]) -> Any:
    for step in steps:
        document = document[place(document, step)]
    return document


def put(document: Any, steps: list[str], value: Any) -> Any:
    if not steps:
        return value
    holder = found_at(document, steps[:-1])
    key = place(holder, steps[-1], end=True)
    if isinstance(holder, list):
        holder.insert(key, value)
    else:
        holder[key] = value
    return document


def cut(document: Any, steps: list[str]) -> None:
    if not steps:
        raise conflict("the device itself cannot be taken away")
    holder = found_at(document, steps[:-1])
    del holder[place(holder, steps[-1])]


def equal(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(equal(*pair) for pair in zip(one, other, strict=True))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def count(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(count(part) for part in inner)


def carried_out(document: Any, one: Document) -> Any:
    """The document after one operation (it may be changed in place). Raises Refusal."""
    kind, steps = one["op"], steps_of(one["path"])
    if kind in ("move", "copy"):
        source = steps_of(one["from"])
        value = copy.deepcopy(found_at(document, source))
        if kind == "move" and source != steps:
            if steps[: len(source)] == source:
                raise conflict("nothing can be moved into itself")
            cut(document, source)
        made = put(document, steps, value) if kind == "copy" or source != steps else document
        if count(made) > MOST_VALUES:
            raise Refusal(413, "PATCH_TOO_LARGE", "the device would become too large")
        return made
    if kind == "add":
        return put(document, steps, copy.deepcopy(one["value"]))
    old = found_at(document, steps)
    if kind == "test":
        if not equal(old, one["value"]):
            raise conflict(f"the test of {one['path']!r} fails")
    elif kind == "replace" and not steps:
        return copy.deepcopy(one["value"])
    elif kind == "replace":
        holder = found_at(document, steps[:-1])
        holder[place(holder, steps[-1])] = copy.deepcopy(one["value"])
    else:
        cut(document, steps)
    return document


def well_formed(body: Any) -> list[Document]:
    """The operations of a patch document. Raises Refusal."""
    needed = {"add": "value", "replace": "value", "test": "value", "move": "from", "copy": "from", "remove": "op"}
    if not isinstance(body, list):
        raise Refusal(400, "MALFORMED_PATCH", "a patch is an array")
    for one in body:
        if not isinstance(one, dict) or not isinstance(one.get("op"), str) or one["op"] not in needed:
            raise Refusal(400, "MALFORMED_PATCH", "an operation has one of the six values of op")
        if needed[one["op"]] not in one:
            raise Refusal(400, "MALFORMED_PATCH", f"{one['op']} needs {needed[one['op']]}")
        steps_of(one.get("path"))
        if needed[one["op"]] == "from":
            steps_of(one["from"])
    return body


def populated() -> dict[str, tuple[str, Document]]:
    """Devices by id, each with the subscription that holds it: three in each."""
    now = datetime.now(UTC).replace(microsecond=0)
    made: dict[str, tuple[str, Document]] = {}
    fixed = ("ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21", "b7d1f6de-4a0c-4d0e-9a55-2f1c8e6a7c10")
    for n in range(60):
        key = fixed[n] if n < 2 else str(uuid.UUID(int=n * 0x9E3779B97F4A7C15 << 32 | n, version=4))
        serial = "9876543-AB-345" if n == 0 else f"{1000000 + 7 * n}-CD-{100 + n}"
        first = "ce2f20cb-35df-4ffe-bca6-c0ed0c28cb39" if n == 0 else str(uuid.UUID(int=n << 64, version=4))
        until = (now + timedelta(days=200 + n)).isoformat(timespec="milliseconds")
        device: Document = {
            "id": key,
            "catalogue_commercial_device_id": "CDCVPU_150f5badaa706651e67c59061d373d7e7e",
            "shipping_order_id": str(18395 + n),
            "manufacturing_info": {"id_type": "SERIAL_NUMBER", "id": serial},
            "serial_number": serial,
            "mac_address": "00-B0-D0-63-C2-26" if n == 0 else f"00-B0-D0-64-00-{n:02X}",
            "acquisition_type": TERMS[n % 3],
            "commitments": [{"id": first, "legacy_id": 345 + n, "expiration_date": until}],
            "insurable_amount": None if n % 2 else 99.9,
            "legacy_account_id": 5652763 + n // 3,
        }
        if n % 3 == 2:
            del device["mac_address"]
        holder = SUBSCRIPTION if n < 3 else str(uuid.UUID(int=0xABC << 64 | n // 3, version=4))
        made[key] = (holder, device)
    return made


def number(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError("too large a number")
    return found


async def json_of(request: Request) -> Any:
    """The body. Raises Refusal."""
    try:
        return json.loads(await request.body(), parse_float=number, parse_constant=number)
    except (ValueError, RecursionError):
        raise Refusal(400, "MALFORMED_BODY", "The body is not JSON.") from None


def answer(value: Any, status: int = 200) -> Response:
    headers = {"X-Request-Id": uuid.uuid4().hex}
    return Response(json.dumps(value, indent=1), status, headers, "application/json; charset=UTF-8")


def refused(refusal: Refusal) -> Response:
    error = {"code": refusal.code, "message": refusal.told, "reference": CATALOGUE, "retry": False}
    made = answer({"error": error, "status": refusal.status}, refusal.status)
    if refusal.status == 401:
        made.headers["WWW-Authenticate"] = 'Bearer realm="masstack"'
    return made


def shown(device: Document) -> Document:
    return {**device, "links": {"self": f"/devices/{device['id']}"}, **beside()}


class Service:
    """The operations over one set of devices."""

    def __init__(self) -> None:
        self.devices = populated()

    def routes(self) -> Iterator[Route]:
        devices = ROOT + "/subscriptions/{subscription}/devices"
        table: tuple[tuple[str, str, Handler], ...] = (
            (ROOT + "/devices", "GET", self.search),
            (devices, "GET", self.listed),
            (devices, "POST", self.add),
            (devices + "/{device}", "GET", self.read),
            (devices + "/{device}", "PATCH", self.patch),
            (devices + "/{device}/commitments/{commitment}", "GET", self.commitment),
        )
        for path in dict.fromkeys(path for path, _, _ in table):
            methods = {method: handler for at, method, handler in table if at == path}
            yield Route(path, self.guarded(methods), methods=list(methods))

    def guarded(self, methods: dict[str, Handler]) -> Handler:
        async def endpoint(request: Request) -> Response:
            try:
                scheme, _, token = request.headers.get("authorization", "").partition(" ")
                if scheme.lower() != "bearer" or token not in TOKENS:
                    raise Refusal(401, "TOKEN_NEEDED", "Who are you?")
                return await methods["GET" if request.method == "HEAD" else request.method](request)
            except Refusal as refusal:
                return refused(refusal)
            except RecursionError:
                return refused(Refusal(413, "TOO_DEEP", "That is nested too deeply."))

        return endpoint

    def check_org(self, request: Request) -> None:
        token = request.headers["authorization"].partition(" ")[2]
        if request.path_params["org"] not in TOKENS[token]:
            raise Refusal(403, "FORBIDDEN_ORGANIZATION", "Not yours.")

    def of_subscription(self, request: Request) -> list[Document]:
        """The devices of the subscription, the newest first. Raises Refusal."""
        self.check_org(request)
        wanted = request.path_params["subscription"].lower()
        found = [device for holder, device in self.devices.values() if holder == wanted]
        if not found:
            raise Refusal(404, "SUBSCRIPTION_NOT_FOUND", "There is no such subscription.")
        return found[::-1]

    def one(self, request: Request) -> Document:
        """The device of the path, looked for in one go. Raises Refusal."""
        self.check_org(request)
        key, wanted = request.path_params["device"].lower(), request.path_params["subscription"].lower()
        holder, device = self.devices.get(key, (None, {}))
        if holder != wanted:
            raise Refusal(404, "NO_SUCH_DEVICE", "There is no such device there.")
        return device

    async def search(self, request: Request) -> Response:
        self.check_org(request)
        wanted = {n: v for n, v in request.query_params.items() if n in ("mac_address", "serial_number")}
        if not wanted:
            raise Refusal(422, "FILTER_NEEDED", "Say which device.")
        return answer(matching([device for _, device in self.devices.values()][::-1], wanted))

    async def listed(self, request: Request) -> Response:
        wanted = {n: v for n, v in request.query_params.items() if n == "mac_address"}
        return answer(matching(self.of_subscription(request), wanted))

    async def add(self, request: Request) -> Response:
        device = device_of(await json_of(request), unknown=False)
        self.of_subscription(request)
        key = device.setdefault("id", str(uuid.uuid4())).lower()
        if key in self.devices:
            raise Refusal(409, "ALREADY_THERE", "The id is taken.")
        made = answer(shown(device), 201)
        self.devices[key] = (request.path_params["subscription"].lower(), device)
        return made

    async def read(self, request: Request) -> Response:
        return answer(shown(self.one(request)))

    async def patch(self, request: Request) -> Response:
        operations = well_formed(await json_of(request))
        before = self.one(request)
        after: Any = copy.deepcopy(shown(before))
        for operation in operations:
            after = carried_out(after, operation)
        after = device_of(after, unknown=True)
        if after.get("id") != before["id"]:
            raise conflict("a device keeps its id")
        stored = {name: value for name, value in after.items() if name not in SHOWN_ONLY}
        stored["last_modified"] = datetime.now(UTC).isoformat()
        made = answer(shown(stored))
        self.devices[before["id"].lower()] = (request.path_params["subscription"].lower(), stored)
        return made

    async def commitment(self, request: Request) -> Response:
        for one in self.one(request).get("commitments", ()):
            if one.get("id", "").lower() == request.path_params["commitment"].lower():
                return answer(one)
        raise Refusal(404, "NO_SUCH_COMMITMENT", "There is no such commitment.")


def matching(devices: list[Document], wanted: dict[str, str]) -> list[Document]:
    """Devices that have all the wanted values, in whichever letters."""
    return [
        shown(device)
        for device in devices
        if all(device.get(name, "").lower() == value.lower() for name, value in wanted.items())
    ]


def create_app() -> Starlette:
    """The server over devices of its own, among them the default world's; `state.devices` are they, by id."""
    app = Starlette(routes=list((service := Service()).routes()))
    app.state.devices = service.devices
    return app

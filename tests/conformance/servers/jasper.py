"""Control Center a second time: a small server of its own, as far from the double as the documents allow.

Written from page 003 and what the vendor publishes of the sibling operations. Where those are silent it takes another
way: the device is looked for before the body is read; null is nothing and numbers are texts, as Java's parsers have it;
a date that cannot be is 10000028; the history names fields as people do and shows nothing that has not happened yet;
pages that are too long are cut; times carry the operator's own offset; what is accepted for later has another body.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.conformance.servers.beside import beside

Device = dict[str, Any]
BASE = "/rws/api"
USERS = {"operator": "operator-key", "account": "account-key", "customer": "customer-key"}
BEFORE = ("TEST_READY", "ACTIVATION_READY", "INVENTORY")
AFTER = {"ACTIVATED": ("DEACTIVATED", "RETIRED"), "DEACTIVATED": ("ACTIVATED", "RETIRED"), "RETIRED": ("PURGED",)}
STATUSES = (*BEFORE, "ACTIVATED", "DEACTIVATED", "RETIRED", "PURGED")
RATE_PLANS = ("Default Rate Plan", "IoT 10MB", "Roaming 1GB")
COMMUNICATION_PLANS = {"Default Comm Plan": False, "Fixed IP Plan": True}
CUSTOMERS = ("Acme", "Initech")
OVERRIDES = ("DEFAULT", "TEMPORARY_OVERRIDE", "PERMANENT_OVERRIDE")
CUSTOM = {
    **{f"operatorCustom{i}": "operator" for i in range(1, 6)},
    **{f"accountCustom{i}": "account" for i in range(1, 11)},
    **{f"customerCustom{i}": "customer" for i in range(1, 6)},
}
ADDRESSES = {"ipv4Address": "fixedIPAddress", "ipv6Address": "fixedIpv6Address"}
PLAIN = ("status", "ratePlan", "communicationPlan", "customer", "deviceID", "modemID", "overageLimitOverride")
KNOWN = {"effectiveDate", "apn", "pdpId", *PLAIN, *ADDRESSES, *CUSTOM}
LABELS = {"status": "SIM Status", "ratePlan": "Rate Plan", "communicationPlan": "Communication Plan"}
HIDDEN = {"overageLimitOverride", "apn", "pdpId", "moment"}
SUMMARY = ("iccid", "imsi", "msisdn", "imei", "status", "ratePlan", "communicationPlan")
ZONE = timezone(timedelta(hours=-7))
TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d)")


class Refusal(Exception):
    """A request that is not carried out: the code says why, and the status how bad it is."""

    def __init__(self, code: str | None, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(value), status, headers, media_type="application/json;charset=ISO-8859-1")


def refused(refusal: Refusal) -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="Jasper"'} if refusal.status == 401 else None
    if refusal.code is None:
        return answer({"errorMessage": "Full authentication is required to access this resource"}, 401, headers)
    body = {"errorCode": refusal.code, "errorMessage": f"Refused ({refusal.code})", "requestId": "b7"}
    return answer(body, refusal.status, headers)


def shown_time(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + "-0700"


def audit_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


def moment_of(text: str) -> tuple[datetime, bool]:
    """The moment that a text names, and whether it has a time of day. Raises ValueError."""
    found = TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, time, offset = found.groups()
    return datetime.fromisoformat(f"{day}T{time or '00:00:00'}{offset}"), time is not None


def new_device(iccid: str, index: int, status: str, now: datetime) -> Device:
    """A device whose last change is the longer ago the higher its index."""
    active = status not in BEFORE
    moment = now - timedelta(hours=17 * index + 2, minutes=index)
    return {
        "iccid": iccid,
        "imsi": f"2040{index:011d}",
        "msisdn": f"31970{index:08d}",
        "imei": f"3528{index:011d}" if active else "",
        "status": status,
        "ratePlan": RATE_PLANS[index % 3],
        "communicationPlan": "Default Comm Plan",
        "customer": None if index % 2 else "Acme",
        "dateActivated": shown_time(moment - timedelta(days=30)) if active else None,
        "dateAdded": shown_time(moment - timedelta(days=60)),
        "dateUpdated": shown_time(moment),
        "dateShipped": shown_time(moment - timedelta(days=59)),
        "accountId": "700",
        "fixedIPAddress": None,
        "fixedIpv6Address": None,
        **dict.fromkeys(CUSTOM),
        "deviceID": f"meter {index}" if index % 3 else None,
        "modemID": None,
        "overageLimitOverride": "DEFAULT",
        "moment": moment,
    }


class Center:
    """All that the server knows."""

    def __init__(self) -> None:
        now = datetime.now(UTC)
        statuses = ("ACTIVATED", "ACTIVATED", "DEACTIVATED", "TEST_READY", "ACTIVATED", "RETIRED", "INVENTORY")
        fixed = {
            "8988216716970004975": "ACTIVATED",
            "8988216716970004983": "TEST_READY",
            "8988216716970004991": "INVENTORY",
            "8988216716970005006": "ACTIVATED",
        }
        drawn = {f"89314404000{index:08d}": statuses[index % 7] for index in range(130)}
        everything = enumerate((fixed | drawn).items())
        self.devices = {iccid: new_device(iccid, index, status, now) for index, (iccid, status) in everything}
        taken = self.devices["8988216716970005006"]
        taken.update(communicationPlan="Fixed IP Plan", fixedIPAddress="10.20.30.40")
        self.history: dict[str, list[dict[str, Any]]] = {}
        self.waiting: list[tuple[datetime, str, dict[str, str], str]] = []

    def find(self, iccid: str) -> Device:
        """The device, with all changes that are due."""
        now = datetime.now(UTC)
        for change in sorted((one for one in self.waiting if one[0] <= now), key=lambda one: one[0]):
            self.waiting.remove(change)
            self.apply(self.devices[change[1]], change[2], change[3])
        if iccid not in self.devices:
            raise Refusal("20000001", 404)
        return self.devices[iccid]

    def apply(self, device: Device, changes: dict[str, str], user: str) -> None:
        now = datetime.now(UTC)
        for name, value in changes.items():
            if name in ("apn", "pdpId"):
                continue
            member = ADDRESSES.get(name, name)
            record = {
                "field": LABELS.get(name, name),
                "priorValue": device[member] or "",
                "value": value,
                "effectiveDate": audit_time(now),
                "status": "Completed",
                "userName": user,
            }
            if device[member] != value:
                self.history.setdefault(device["iccid"], []).insert(0, record)
            device[member] = value
        if changes.get("status") == "ACTIVATED":
            device["dateActivated"] = device["dateActivated"] or shown_time(now)
        device.update(moment=now, dateUpdated=shown_time(now))


def check_role(user: str, changes: Iterable[str]) -> None:
    kinds = {CUSTOM[name] for name in changes if name in CUSTOM}
    others = {"account": {"operator", "customer"}, "customer": {"operator"}}
    if kinds & others.get(user, set()):
        raise Refusal("10000008")
    if user == "customer" and "account" in kinds:
        raise Refusal("10000009")
    if user == "customer" and "customer" in changes:
        raise Refusal("10000015")


def check_step(before: str, after: str) -> None:
    if after not in STATUSES:
        raise Refusal("10000005")
    if before in BEFORE:
        if after in (*BEFORE, "ACTIVATED", "RETIRED"):
            return
        raise Refusal("10000005")
    if after in BEFORE:
        raise Refusal("10000029")
    if before == after == "ACTIVATED":
        raise Refusal("10030000")
    if after not in AFTER.get(before, ()):
        raise Refusal("10000005")


def check_values(device: Device, changes: dict[str, str]) -> None:
    """One look at each member, in the order of the page."""
    if "status" in changes:
        check_step(device["status"], changes["status"])
    if changes.get("ratePlan", RATE_PLANS[0]) not in RATE_PLANS:
        raise Refusal("10000013", 404)
    if changes.get("communicationPlan", "Fixed IP Plan") not in COMMUNICATION_PLANS:
        raise Refusal("10000014")
    if changes.get("customer", "Acme") not in CUSTOMERS:
        raise Refusal("10000015")
    for name, most, code in (("deviceID", 50, "10000025"), ("modemID", 40, "10000026")):
        if len(changes.get(name, "")) > most or set(changes.get(name, "")) & set(",*"):
            raise Refusal(code)
    if changes.get("overageLimitOverride", "DEFAULT") not in OVERRIDES:
        raise Refusal("10000016")
    if any(len(value) > 2000 for name, value in changes.items() if name in CUSTOM):
        raise Refusal("10000031")


def check_addresses(center: Center, device: Device, changes: dict[str, str]) -> None:
    wanted = [name for name in ADDRESSES if name in changes]
    if wanted and not (changes.get("apn") and changes.get("pdpId")):
        raise Refusal("10000028")
    for name in wanted:
        kind = ipaddress.IPv4Address if name == "ipv4Address" else ipaddress.IPv6Address
        try:
            changes[name] = str(kind(changes[name]))
        except ValueError:
            raise Refusal("10000031") from None
        if not COMMUNICATION_PLANS.get(changes.get("communicationPlan") or device["communicationPlan"]):
            raise Refusal("10000014")
        if any(one[ADDRESSES[name]] == changes[name] for one in center.devices.values() if one is not device):
            raise Refusal("10000517")


def due(text: str) -> datetime | None:
    """When a change is to happen; None for now."""
    now = datetime.now(UTC)
    if not text:
        return None
    try:
        moment, timed = moment_of(text)
    except ValueError:
        raise Refusal("10000012") from None
    if moment > now + timedelta(days=180):
        raise Refusal("10000028")
    if moment <= now and not (timed and now - moment < timedelta(hours=1)) and moment.date() < now.date():
        raise Refusal("10000028")
    return moment if moment > now else None


def text_of(value: Any) -> str:
    if isinstance(value, dict | list):
        raise Refusal("10000023")
    return json.dumps(value) if isinstance(value, bool | float | int) else str(value)


async def body_of(request: Request) -> dict[str, str]:
    try:
        value = json.loads((await request.body()).decode())
    except (ValueError, RecursionError):
        raise Refusal("10000023") from None
    if not isinstance(value, dict):
        raise Refusal("10000023")
    if set(value) - KNOWN:
        raise Refusal("10000028")
    return {name: text_of(one) for name, one in value.items() if one is not None}


# ---- the operations


async def edit(center: Center, request: Request, user: str) -> Response:
    device = center.find(request.path_params["iccid"])
    changes = await body_of(request)
    date = due(changes.pop("effectiveDate", ""))
    if not set(changes) - {"apn", "pdpId"}:
        raise Refusal("10000011")
    check_role(user, changes)
    check_addresses(center, device, changes)
    check_values(device, changes)
    if date is None:
        center.apply(device, changes, user)
        return answer({"iccid": device["iccid"], "operation": "EDIT"})
    center.waiting.append((date, device["iccid"], changes, user))
    return answer({"message": "accepted"}, 202)


def only(item: dict[str, Any], request: Request) -> dict[str, Any]:
    fields = [name.strip() for name in request.query_params.get("fields", "").split(",")]
    return {name: value for name, value in item.items() if name in fields} if any(fields) else item


async def details(center: Center, request: Request, user: str) -> Response:
    device = center.find(request.path_params["iccid"])
    secret = HIDDEN | {name for name, kind in CUSTOM.items() if kind == "operator" and user != "operator"}
    shown = {name: value for name, value in device.items() if name not in secret} | {"tags": [], **beside()}
    return answer(only(shown, request))


async def usage(center: Center, request: Request, user: str) -> Response:  # noqa: ARG001
    device = center.find(request.path_params["iccid"])
    counters = ("ctdDataUsage", "ctdSMSUsage", "ctdVoiceUsage", "ctdSessionCount")
    used = int(device["imsi"]) % 5000 * 1024 if device["dateActivated"] else 0
    shown = (
        {name: device[name] for name in SUMMARY}
        | dict.fromkeys(counters, used)
        | {
            "overageLimitReached": False,
            "overageLimitOverride": device["overageLimitOverride"],
            **beside(),
        }
    )
    return answer(only(shown, request))


async def audit(center: Center, request: Request, user: str) -> Response:  # noqa: ARG001
    device = center.find(request.path_params["iccid"])
    days = number(request, "daysOfHistory", 30, 365)
    since = datetime.now(UTC) - timedelta(days=days)
    found = [
        one for one in center.history.get(device["iccid"], []) if datetime.fromisoformat(one["effectiveDate"]) >= since
    ]
    about = {"iccid": device["iccid"], "timestamp": audit_time(datetime.now(UTC))}
    return answer(about | cut(request, found, "deviceAuditTrails"))


def number(request: Request, name: str, default: int, most: int) -> int:
    """A number of the query, brought between 1 and `most`."""
    text = request.query_params.get(name, "")
    if text and not re.fullmatch(r"-?\d{1,18}", text):
        raise Refusal("10000031")
    return min(max(int(text), 1), most) if text else default


def cut(request: Request, items: list[Any], name: str) -> dict[str, Any]:
    size, page = number(request, "pageSize", 50, 50), number(request, "pageNumber", 1, 10**6)
    start = (page - 1) * size
    return {"pageNumber": page, name: items[start : start + size], "lastPage": start + size >= len(items)}


async def search(center: Center, request: Request, user: str) -> Response:  # noqa: ARG001
    query = request.query_params
    if "modifiedSince" not in query:
        raise Refusal("10000011")
    try:
        since = moment_of(query["modifiedSince"])[0]
        till = moment_of(query.get("modifiedTill") or "9999-01-01Z")[0]
    except ValueError:
        raise Refusal("10000012") from None
    wanted = {name: query[name] for name in ("status", "accountId", *CUSTOM) if query.get(name)}
    if wanted.get("status", "REPLACED") not in (*STATUSES, "REPLACED"):
        raise Refusal("10000005")
    found = [
        device
        for device in sorted(center.devices.values(), key=lambda one: (one["moment"], one["imsi"]))
        if since <= device["moment"] <= till and all(device[name] == value for name, value in wanted.items())
    ]
    shown = [{name: one[name] for name in ("iccid", "status", "ratePlan", "communicationPlan")} for one in found]
    return answer({"totalCount": len(found), **cut(request, shown, "devices")})


def user_of(request: Request) -> str:
    given = request.headers.get("authorization", "")
    if not given:
        raise Refusal(None, 401)
    scheme, _, rest = given.partition(" ")
    try:
        name, _, key = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise Refusal("10000001", 401) from None
    if scheme.lower() != "basic" or not key or USERS.get(name) != key:
        raise Refusal("10000001", 401)
    return name


Operation = Callable[[Center, Request, str], Awaitable[Response]]


def guarded(center: Center, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            user = user_of(request)
            if request.path_params["version"] != "1":
                raise Refusal("10000024")
            return await operation(center, request, user)
        except Refusal as refusal:
            return refused(refusal)

    return endpoint


def create_app() -> Starlette:
    """The server with a fresh set of devices."""
    center = Center()
    devices = BASE + "/v{version}/devices"
    app = Starlette(
        routes=[
            Route(devices, guarded(center, search)),
            Route(devices + "/{iccid}", guarded(center, edit), methods=["PUT"]),
            Route(devices + "/{iccid}", guarded(center, details)),
            Route(devices + "/{iccid}/auditTrails", guarded(center, audit)),
            Route(devices + "/{iccid}/ctdUsages", guarded(center, usage)),
        ]
    )
    app.state.devices = center.devices
    return app

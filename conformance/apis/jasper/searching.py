"""The search: by the time of the last change, by fields of a device, the longest unchanged first, in pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conformance.apis.jasper.asking import (
    CUSTOM,
    another,
    answered,
    day_of,
    moment,
    query_time,
    read,
    recently,
    server_now,
    wrong,
)
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.types import Exchange, Requirement

SEARCH = "searchDevices"
MOST_PAGES = 20


def found(context: Context, **query: Any) -> tuple[Exchange, list[str]]:
    """The ICCIDs on one page. Raises Inconclusive when there is none."""
    exchange = context.call(SEARCH, query={"modifiedSince": recently(context), **query})
    rows = answered(exchange).get("devices")
    if not isinstance(rows, list):
        raise Inconclusive(f"{SEARCH} has no devices")
    return exchange, [str(row.get("iccid")) for row in rows]


def everywhere(context: Context, **query: Any) -> tuple[Exchange, list[str]]:
    """The ICCIDs on all pages, up to the most that is read."""
    numbers: list[str] = []
    for page in range(1, MOST_PAGES + 1):
        exchange, more = found(context, pageNumber=page, **query)
        numbers += more
        if answered(exchange).get("lastPage") is True or not more:
            break
    return exchange, numbers


def _soon_with(context: Context, number: str, **query: Any) -> tuple[Exchange, list[str]]:
    """What a search finds once it finds the device, or when the target's time for such things is over."""
    pages = [everywhere(context, **query)]

    def there() -> bool:
        if number not in pages[-1][1]:
            pages.append(everywhere(context, **query))
        return number in pages[-1][1]

    context.settle(there)
    return pages[-1]


def finds_changed(context: Context, requirement: Requirement) -> None:
    """A device that was just changed is found since just before, and its new values with it."""
    handle = context.resource()
    number = handle.path["iccid"]
    with context.keep(handle):
        before = server_now(context) - timedelta(seconds=30)
        name, _, value = another(context, handle, "ratePlan", "communicationPlan")
        if not context.expect_success(handle.write({name: value})):
            return
        exchange, numbers = _soon_with(context, number, modifiedSince=query_time(day_of(before)))
        if number not in numbers and answered(exchange).get("lastPage") is not True:  # The rest was not looked through.
            exchange, numbers = _soon_with(context, number, modifiedSince=query_time(before))
        context.case()
        if number not in numbers:
            told = "A device that was just changed is not found."
            wrong(context, told, number, f"{len(numbers)} others", exchange)
            return
        rows = [row for row in answered(exchange).get("devices", []) if row.get("iccid") == number]
        if rows and name in rows[0] and rows[0][name] != value:
            wrong(context, f"The search shows {name} as it was before the change.", value, rows[0][name], exchange)


def since_narrows(context: Context, requirement: Requirement) -> None:
    """Since the last change of one device, that one is found, and none that was changed before it."""
    whole, dates = sample(context)
    middle = len(whole) // 2
    when = dates[middle]
    exchange, numbers = found(context, modifiedSince=query_time(when))
    context.case()
    early = [number for number, date in zip(whole, dates, strict=True) if date < when - timedelta(seconds=2)]
    leaked = sorted(set(numbers) & set(early))
    if leaked:
        told = "modifiedSince shows devices that were changed earlier."
        wrong(context, told, f"none before {when.isoformat()}", ", ".join(leaked), exchange)
    if whole[middle] not in numbers and _unmoved(context, whole[middle], when):
        wrong(context, "modifiedSince leaves out a device that was changed then.", whole[middle], numbers[:3], exchange)


def till_narrows(context: Context, requirement: Requirement) -> None:
    """Till the last change of one device, no device is found that was changed after it."""
    whole, dates = sample(context)
    middle = len(whole) // 2
    when = dates[middle] + timedelta(seconds=1)
    exchange, numbers = everywhere(context, modifiedTill=query_time(when))
    context.case()
    late = [number for number, date in zip(whole, dates, strict=True) if date > when + timedelta(seconds=2)]
    leaked = sorted(set(numbers) & set(late))
    if leaked:
        told = "modifiedTill shows devices that were changed later."
        wrong(context, told, f"none after {when.isoformat()}", ", ".join(leaked), exchange)
    if whole[middle] not in numbers and _unmoved(context, whole[middle], dates[middle]):
        wrong(
            context, "modifiedTill leaves out a device that was changed before.", whole[middle], numbers[:3], exchange
        )


def _unmoved(context: Context, number: str, when: Any) -> bool:
    """On a server in use the device may have been changed meanwhile."""
    return bool(moment(read(context, number)[1].get("dateUpdated")) == when)


def sample(context: Context) -> tuple[list[str], list[Any]]:
    """Some devices of the first page, in its order, each with the date of its last change."""

    def make() -> tuple[list[str], list[Any]]:
        _, numbers = found(context)
        chosen = numbers[:: max(1, len(numbers) // 6)][:8]
        dates = [moment(read(context, number)[1].get("dateUpdated")) for number in chosen]
        pairs = [(number, date) for number, date in zip(chosen, dates, strict=True) if date is not None]
        if len(pairs) < 3:
            raise Skip("the search finds fewer than three devices with a date")
        return [number for number, _ in pairs], [date for _, date in pairs]

    made: tuple[list[str], list[Any]] = context.once("sample of the search", make)
    return made


def oldest_first(context: Context, requirement: Requirement) -> None:
    """On a page no device was changed earlier than the one before it."""
    whole, dates = sample(context)
    exchange, _ = found(context)
    context.case()
    for number, earlier, later in zip(whole[1:], dates, dates[1:], strict=False):
        if later < earlier and _unmoved(context, number, later):
            told = "The search does not begin with the device that is the longest unchanged."
            wrong(context, told, "oldest change first", f"{number} was changed earlier than the one before", exchange)
            return


def by_field(context: Context, requirement: Requirement) -> None:
    """A value that one device alone has in a custom field finds this one, and no other value does; for each field."""
    handle = context.resource()
    number = handle.path["iccid"]
    with context.keep(handle) as before:
        usable = {member.name for member in handle.usable(before=before)}
        for kind in requirement.data["kinds"]:
            values = {
                name: f"devicedouble {context.random.randint(10**6, 10**7)}" for name in CUSTOM[kind] if name in usable
            }
            if not values or context.role_writing(handle.write_operation, list(values)) is None:
                continue
            if not handle.write(values).ok:  # One may be a combo box, which takes its own values alone.
                values = {name: value for name, value in values.items() if handle.write({name: value}).ok}
            for name, value in values.items():
                exchange, numbers = _soon_with(context, number, **{name: value})
                context.case()
                if numbers != [number]:
                    told = f"A search by {name} does not find the one device."
                    wrong(context, told, [number], numbers[:3], exchange)
            for name, value in list(values.items())[:1]:
                exchange, numbers = found(context, **{name: value + "0"})
                if number in numbers:
                    wrong(context, f"A search by another {name} finds the device.", "not found", number, exchange)
    if not context.cases:
        raise Skip("the target lets the suite write no custom field")


def by_account(context: Context, requirement: Requirement) -> None:
    """A search by the account of a device finds devices, and none of another account."""
    account = read(context)[1].get("accountId")
    if not isinstance(account, str) or not account.isdigit():
        raise Skip("the device shows no accountId")
    if not found(context)[1]:
        raise Skip("no device was changed in the last 300 days")
    exchange, numbers = found(context, accountId=account)
    context.case()
    for number in numbers[:4]:
        other = read(context, number)[1].get("accountId")
        if other != account:
            wrong(context, "A search by accountId shows a device of another account.", account, other, exchange)
    if not numbers:
        wrong(context, "A search by accountId finds nothing.", "devices of the account", "none", exchange)


def both_filters(context: Context, requirement: Requirement) -> None:
    """Two filters show what fits both: each status with the account shows devices of that status alone."""
    device = read(context)[1]
    account, status = device.get("accountId"), device.get("status")
    if not isinstance(account, str) or not account.isdigit():
        raise Skip("the device shows no accountId")
    for wanted in (status, "DEACTIVATED" if status == "ACTIVATED" else "ACTIVATED"):
        exchange, _ = found(context, accountId=account, status=wanted)
        context.case()
        others = {row.get("status") for row in answered(exchange)["devices"]} - {wanted}
        if others:
            told = "A search by account and status shows another status."
            wrong(context, told, str(wanted), ", ".join(map(str, others)), exchange)


def page_size(context: Context, requirement: Requirement) -> None:
    """Without pageSize a page that is not the last has 50 devices; pages say their number."""
    for size, number in ((None, 1), (1, 1), (1, 2), (50, 1), (7, 3)):
        query = {"pageNumber": number, **({"pageSize": size} if size else {})}
        exchange, numbers = found(context, **query)
        page = answered(exchange)
        context.case()
        if page.get("lastPage") is False and len(numbers) != (size or 50):
            told = f"A page of size {size or '50 (the default)'} that is not the last has another size."
            wrong(context, told, str(size or 50), str(len(numbers)), exchange)
        if page.get("pageNumber") != number:
            wrong(context, "The page says another number than asked for.", number, page.get("pageNumber"), exchange)


def last_page(context: Context, requirement: Requirement) -> None:
    """A page with fewer devices than it may have says that it is the last; or, exactly full, where nothing follows."""
    _, dates = sample(context)
    since, till = dates[len(dates) // 2], dates[len(dates) // 2] + timedelta(seconds=1)
    query = {"modifiedSince": query_time(since), "modifiedTill": query_time(till)}
    exchange, numbers = found(context, **query, pageSize=50)
    if not 0 < len(numbers) < 50:
        raise Skip("no part of the search is known to have one page")
    if requirement.data["full"]:
        exchange, again = found(context, **query, pageSize=len(numbers))
        after = found(context, **query, pageSize=50)[1]
        if not numbers == again == after:
            raise Inconclusive("devices were changed meanwhile")
    context.case()
    if answered(exchange).get("lastPage") is not True:
        told = "A page after which there is none does not say that it is the last."
        wrong(context, told, "lastPage true", f"lastPage {answered(exchange).get('lastPage')}", exchange)


def pages_in_order(context: Context, requirement: Requirement) -> None:
    """Two small pages are the beginning of the long one: the order is the same whatever the size."""
    till = query_time(day_of(server_now(context) - timedelta(hours=1)))
    _, whole = found(context, pageSize=6, modifiedTill=till)
    _, first = found(context, pageSize=3, pageNumber=1, modifiedTill=till)
    exchange, second = found(context, pageSize=3, pageNumber=2, modifiedTill=till)
    context.case()
    if set(first + second) != set(whole):
        told = "Two pages of three are not the page of six."
        wrong(context, told, ", ".join(whole), ", ".join(first + second), exchange)


def search_refused(context: Context, requirement: Requirement) -> None:
    """A search since this moment is refused with the code named."""
    data = requirement.data
    since = data.get("since") or query_time(day_of(server_now(context) + timedelta(days=data["ahead"])))
    exchange = context.call(SEARCH, query={"modifiedSince": since})
    context.case()
    told = f"A search since {since} is not refused as it must be"
    context.expect_error(exchange, data["error"], told, cause=f"{SEARCH} {data['error']}")


CHECKS = {
    "finds_changed": finds_changed,
    "since_narrows": since_narrows,
    "till_narrows": till_narrows,
    "oldest_first": oldest_first,
    "by_field": by_field,
    "by_account": by_account,
    "both_filters": both_filters,
    "page_size": page_size,
    "pages_in_order": pages_in_order,
    "last_page": last_page,
    "search_refused": search_refused,
}

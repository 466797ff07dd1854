"""What is text stays the text that it was, whichever its letters are, and however long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from unicodedata import normalize

from conformance.api import Resource
from conformance.checks.state.members import static_members
from conformance.checks.state.showing import shows
from conformance.checks.state.writing import groups_of, handle_of
from conformance.context import Context
from conformance.errors import Skip
from conformance.jsontext import text_of
from conformance.requirements import Book
from conformance.resources import Handle, Member, Reading
from conformance.schemas import ABSENT, at, shortened
from conformance.strategies import plain_kind
from conformance.types import Check, Exchange, Requirement, weakest

STRANGE_TEXTS = (
    "é ü ñ Ł ő",
    "日本語 한국어",
    "مرحبا שלום",
    "👩‍👩‍👧‍👦 🇪🇸",
    "a\u0301 combined",
    "quote \" apostrophe ' backslash \\ slash / angle <b>",
    "'; DROP TABLE devices; --",
    "${jndi:ldap://127.0.0.1/x} {{7*7}} %s %n",
    "inner  double  space",
)
LONG = 200
SAMPLE = ("Long Texts hold Words, inner  Blanks and Small print; " * 4)[:LONG]
KINDS: tuple[tuple[str, str, str, str], ...] = (
    (
        "keeps-unicode",
        "keeps_unicode",
        "public",
        "Text of any kind, where it is taken, is stored and shown as it was sent.",
    ),
    # A server may restrict what it takes: RFC 8259 says how text is encoded, not which has to be accepted.
    ("takes-unicode", "takes_unicode", "inferred", "Text of any kind is taken."),
    # No page says how long a text may be where it does not, nor that blanks around it count.
    (
        "keeps-whole",
        "keeps_whole",
        "inferred",
        "Long texts, capital letters, blanks around a text, empty lists, items twice are kept as sent, or refused.",
    ),
)


def derive(book: Book) -> Iterator[Requirement]:
    for resource in book.api.resources:
        operation = book.contract.operations.get(resource.write)
        if operation is None or not _has_text(book, resource):
            continue
        for slug, check, basis, text in KINDS:
            yield book.make(
                operation,
                slug,
                text,
                check,
                basis=weakest(operation.basis, basis),
                source="RFC 8259 section 8" if "unicode" in slug else None,
                sends="changes",
                needs=("capability:robustness", f"success:{operation.id}"),
                data={"resource": resource.name},
            )


def _has_text(book: Book, resource: Resource) -> bool:
    members = static_members(book, resource)
    return members is None or any(any_text(member.schema) for member in members)


def any_text(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "string" and not {"enum", "format", "pattern"} & set(schema)


def takes_unicode(context: Context, requirement: Requirement) -> None:
    """A text with letters of many scripts, emoji, quotes and backslashes is not refused."""
    for text, exchange, _ in strange_texts(context, requirement)[1]:
        context.case()
        context.expect_success(exchange, f"The text {text!r} is refused.")


def keeps_unicode(context: Context, requirement: Requirement) -> None:
    """What was taken of such texts is read back character by character, but that letters may be composed."""
    member, tried = strange_texts(context, requirement)
    for text, exchange, found in tried:
        if not exchange.ok:
            continue
        context.case()
        wanted = member.stored(text, None)
        if not isinstance(found, str) or normalize("NFC", found) != normalize("NFC", wanted):
            context.fail(
                f"{member.name} does not keep its text.",
                expected=text_of(text),
                actual=shortened(text_of(found)),
                exchanges=(exchange,),
                cause=f"text altered {exchange.operation}",
            )


def strange_texts(context: Context, requirement: Requirement) -> tuple[Member, list[tuple[str, Exchange, Any]]]:
    """A member that takes any text, and what became of each strange one; written once a run."""
    handle = handle_of(context, requirement)

    def write_all() -> tuple[Member, list[tuple[str, Exchange, Any]]]:
        plain = [m for m in handle.usable() if any_text(m.schema) and m.name not in context.api.values]
        if not plain:
            raise Skip("no member takes any text")
        member = next((m for m in plain if "name" not in m.name and "serial" not in m.name), plain[0])
        tried = []
        with context.keep(handle) as before:
            for strange in STRANGE_TEXTS:
                text = strange[: member.schema.get("maxLength", 1000)]
                exchange = handle.write({member.name: text}, before)
                tried.append((text, exchange, member.seen(handle.read())))
        return member, tried

    found: tuple[Member, list[tuple[str, Exchange, Any]]] = context.once(("strange", handle.resource.name), write_all)
    return found


def keeps_whole(context: Context, requirement: Requirement) -> None:
    """Long texts, texts between blanks, e-mail addresses with capitals, empty lists and lists with twins: what is taken
    of them is read back as it was sent."""
    handle = handle_of(context, requirement)
    with context.keep(handle) as before:
        members = [one for one in handle.usable(before=before) if one.name not in context.api.values]
        for told in ("long", "blanks", "list", "twins"):
            values = {member.name: value for member in members if (value := _uncommon(told, member)) is not ABSENT}
            for group in groups_of(context, handle, [member for member in members if member.name in values]):
                _kept(context, handle, {member.name: values[member.name] for member in group}, before)
    if not context.cases:
        raise Skip("no member takes any text")


def _uncommon(told: str, member: Member) -> Any:
    """A value of that sort for a member; ABSENT where it makes no sense."""
    schema = member.schema
    if told == "long" and schema.get("format") == "email":
        return "Amber.Relay@example.com"
    if told in ("long", "blanks") and any_text(schema) and not plain_kind(member.name):
        text = SAMPLE if told == "long" else "  Between Blanks "
        most = schema.get("maxLength", LONG)
        return text[:most].strip() if told == "long" else text if len(text) <= most else ABSENT
    lists = [one for one in (schema, *schema.get("anyOf", ())) if one.get("type") == "array"]
    if told in ("list", "twins") and lists and any_text(lists[0].get("items", {})):
        most, least = lists[0].get("maxItems", 3), lists[0].get("minItems", 0)
        if told == "list":
            return [] if least == 0 else ABSENT
        return ["Left", "right", "Left"] if most >= 3 and not lists[0].get("uniqueItems") else ABSENT
    return ABSENT


def _kept(context: Context, handle: Handle, changes: Mapping[str, Any], before: Reading) -> None:
    """Write, and compare what was taken; what is refused together is tried one by one."""
    exchange = handle.write(changes, before)
    if not exchange.ok:
        for name in changes if len(changes) > 1 else ():
            _kept(context, handle, {name: changes[name]}, before)
        context.case()
        return
    after = handle.read()
    for name, value in changes.items():
        member = handle.members[name]
        found = at(after.get(member.operation), str(member.pointer))
        context.case()
        if not shows(found, member.stored(value, member.seen(before)), member.schema):
            context.fail(
                f"{name} is not kept as it was sent.",
                expected=shortened(text_of(value)),
                actual=shortened(text_of(found)),
                exchanges=(exchange,),
                cause=f"not whole {exchange.operation} {name}",
            )


CHECKS: dict[str, Check] = {
    "keeps_unicode": keeps_unicode,
    "takes_unicode": takes_unicode,
    "keeps_whole": keeps_whole,
}

"""What can be written of an object as far as the contract says, and the values at its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.api import Resource
from conformance.requirements import Book
from conformance.resources import Member, members_of
from conformance.strategies import number_bounds


def static_members(book: Book, resource: Resource) -> list[Member] | None:
    """The members that a resource's generic checks write, as far as that is known without a server."""
    body = book.contract.operations[resource.write].request_body
    if body is None or resource.members is not None:
        return None
    schema = next(iter(body.content.values())).schema
    found = members_of(schema, book.api.needs, book.api.apart, resource)
    return [member for member in found if member.pointer is not None and not member.bound]


def limits(schema: Mapping[str, Any]) -> list[Any]:
    """The enumerated values, or those at the limits of length and range."""
    if "enum" in schema:
        return [value for value in schema["enum"] if value is not None]
    if schema.get("type") == "boolean":
        return [True, False]
    found: list[Any] = []
    if schema.get("type") == "string" and "format" not in schema:
        if schema.get("minLength"):
            found.append("x" * schema["minLength"])
        if schema.get("maxLength", 10**6) < 10**5:
            found.append("x" * schema["maxLength"])
    if schema.get("type") == "integer":
        found += [int(bound) for bound in number_bounds(schema, 1) if bound is not None]
    return found

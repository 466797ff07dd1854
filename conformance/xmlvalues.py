"""XML answers, read by the contract's `xml` keywords into the value that the JSON form would have.

So one schema judges both forms. Entities are never resolved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


class NotXml(ValueError):
    """The body is no well-formed XML, or not of the structure that the schema names; says which."""


def read_xml(body: bytes, schema: Mapping[str, Any]) -> Any:
    """The value of an XML document under `schema`.

    Raises:
        NotXml: not well-formed, with a document type, or with another root element than the contract's.
    """
    try:
        root = fromstring(body, forbid_dtd=True)
    except ParseError as error:
        raise NotXml(f"the body is not well-formed XML: {error}") from None
    except DefusedXmlException:
        raise NotXml("the body declares a document type or entities") from None
    name = (schema.get("xml") or {}).get("name")
    if name and _local(root.tag) != name:
        raise NotXml(f"the root element is <{_local(root.tag)}>, not <{name}>")
    return _value(root, schema)


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _value(element: Element, schema: Mapping[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return _object(element, schema)
    if kind == "array":
        return [_value(child, schema.get("items", {})) for child in element]
    return typed(element.text or "", schema)


def _object(element: Element, schema: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, node in schema.get("properties", {}).items():
        says = node.get("xml") or {}
        shown = says.get("name", name)
        if says.get("attribute"):
            if shown in element.attrib:
                made[name] = typed(element.attrib[shown], node)
            elif node.get("nullable"):
                made[name] = None  # XML has no null: an attribute is left out instead.
        elif node.get("type") == "array":
            found = _array(element, name, node)
            if found is not None:
                made[name] = found
        else:
            child = next((child for child in element if _local(child.tag) == shown), None)
            if child is not None:
                made[name] = _value(child, node)
    return made


def _array(element: Element, name: str, node: Mapping[str, Any]) -> list[Any] | None:
    """The items of an array property; None when the wrapping element is absent."""
    items = node.get("items", {})
    wrapper = (node.get("xml") or {}).get("name", name)
    item_name = (items.get("xml") or {}).get("name", name)
    if (node.get("xml") or {}).get("wrapped"):
        holder = next((child for child in element if _local(child.tag) == wrapper), None)
        if holder is None:
            return None
        return [_value(child, items) for child in holder if _local(child.tag) == item_name]
    return [_value(child, items) for child in element if _local(child.tag) == item_name]


def typed(text: str, schema: Mapping[str, Any]) -> Any:
    """Text as the schema's type reads it; left as text when it cannot be (the validator then says so)."""
    kind = schema.get("type")
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind == "integer" and _INTEGER.fullmatch(text.strip()):
        return int(text)
    if kind == "number" and _NUMBER.fullmatch(text.strip()):
        return float(text)
    if text == "" and schema.get("nullable") and kind != "string":
        return None
    return text

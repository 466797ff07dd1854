"""Answers as XML, structured by the `xml` keywords of their schema (OpenAPI 3.0.3, XML Object).

Only writing lives here: the double reads no XML, so there is no entity to resolve.
"""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff￾￿]")
_NAME = re.compile(r"[^\w.-]")


def write_xml(value: Any, schema: Mapping[str, Any]) -> bytes:
    """`value` as an XML document in UTF-8; characters that XML 1.0 cannot hold become U+FFFD."""
    root = ElementTree.Element(_name(schema, "result"))
    _fill(root, value, schema)
    written: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _name(schema: Mapping[str, Any], fallback: str) -> str:
    name = str(schema.get("xml", {}).get("name", fallback))
    return _NAME.sub("_", name)


def _fill(element: ElementTree.Element, value: Any, schema: Mapping[str, Any]) -> None:
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for key, member in value.items():
            if member is not None:
                _member(element, key, member, properties.get(key, {}))
    elif isinstance(value, list):
        for item in value:
            _child(element, _name(schema.get("items", {}), "item"), item, schema.get("items", {}))
    else:
        element.text = _text(value)


def _member(element: ElementTree.Element, key: str, value: Any, schema: Mapping[str, Any]) -> None:
    if isinstance(value, list):
        items = schema.get("items", {})
        wrapped = schema.get("xml", {}).get("wrapped", False)
        parent = ElementTree.SubElement(element, _name(schema, key)) if wrapped else element
        for item in value:
            _child(parent, _name(items, _name(schema, key)), item, items)
    elif isinstance(value, dict):
        _child(element, _name(schema, key), value, schema)
    elif schema.get("xml", {}).get("attribute", not schema):
        element.set(_name(schema, key), _text(value))
    else:
        _child(element, _name(schema, key), value, schema)


def _child(parent: ElementTree.Element, name: str, value: Any, schema: Mapping[str, Any]) -> None:
    _fill(ElementTree.SubElement(parent, name), value, schema)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _ILLEGAL.sub("�", str(value))

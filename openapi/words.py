"""The words of the contract vocabulary that programs test for."""

from typing import Any, Final, Literal, TypeAlias, cast

API_IDS: Final = ("fleet", "masmovil", "mobilefirst", "jasper", "zequenze")

Basis: TypeAlias = Literal["documented", "public", "inferred"]
_SURENESS: Final[dict[str, int]] = {"documented": 0, "public": 1, "inferred": 2}

BODY_WORDS: Final = frozenset({"malformed", "depth", "empty"})
"""Violations of a body as a whole, before it is held to its schema."""

PROTOCOL_WORDS: Final = frozenset({"size", "mediaType", "accept", "encoding", "path", "method"})
"""Violations of HTTP itself: below the document they are answered only where they are named."""

PARAMETER_WORDS: Final = frozenset({"repeated"})

SCHEMA_WORDS: Final = frozenset(
    {
        *("type", "enum", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum"),
        *("exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
        *("required", "additionalProperties", "anyOf", "oneOf", "allOf", "not", "const"),
    }
)

DOCUMENT_ANSWERS: Final = (
    *("malformed", "depth", "size", "mediaType", "accept", "empty", "encoding", "path", "method", "default"),
)
"""What the document's own `x-violation` must answer, so that no request is without an answer."""


def weakest(*bases: Basis) -> Basis:
    """The least sure of several marks; `documented` of none."""
    return max(bases, key=_SURENESS.__getitem__, default="documented")


def is_basis(value: Any) -> bool:
    return isinstance(value, str) and value in _SURENESS


def as_basis(value: Any) -> Basis:
    """A mark as written; a word that is none of ours counts as the weakest (the lint reports it)."""
    return cast("Basis", value) if is_basis(value) else "inferred"

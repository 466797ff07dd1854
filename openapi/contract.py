"""The contracts, loaded: the one module that readers of a contract import.

`load` gives a typed, resolved, read-only view of one of our contracts or of any OpenAPI 3.0 file. Whether a contract
is *right* is not decided here but in `openapi.lint`.
"""

from functools import cache
from pathlib import Path
from typing import Any

from openapi.build import build, lifecycle_of
from openapi.model import (
    Contract,
    ErrorEntry,
    Lifecycle,
    Link,
    MediaType,
    Operation,
    Parameter,
    RefusalRule,
    RequestBody,
    Response,
    Role,
    Schema,
    SecurityScheme,
)
from openapi.source import ContractError, lines_of, read
from openapi.violations import Rule
from openapi.words import API_IDS, Basis, weakest

__all__ = [
    "API_IDS",
    "CONTRACT_IDS",
    "Basis",
    "Contract",
    "ContractError",
    "ErrorEntry",
    "Lifecycle",
    "Link",
    "MediaType",
    "Operation",
    "Parameter",
    "RefusalRule",
    "RequestBody",
    "Response",
    "Role",
    "Rule",
    "Schema",
    "SecurityScheme",
    "contract_file",
    "lifecycle_of",
    "load",
    "read_document",
    "weakest",
]

CONTRACT_IDS = (*API_IDS, "control")
"""The contracts that come with the project: those of the five APIs and that of the mock's control plane."""

_FOLDER = Path(__file__).parent


def contract_file(api_or_path: str | Path) -> Path:
    """The file of one of our contracts by its id; any other text is a path already."""
    if isinstance(api_or_path, str) and api_or_path in CONTRACT_IDS:
        return _FOLDER / f"{api_or_path}.yaml"
    return Path(api_or_path)


def load(api_or_path: str | Path) -> Contract:
    """The contract of an API id, or of an OpenAPI 3.0 file; the same object every time for an id.

    Raises ContractError, with file and line, for what cannot be read.
    """
    if isinstance(api_or_path, str) and api_or_path in CONTRACT_IDS:
        return _load_own(api_or_path)
    path = Path(api_or_path)
    return _load(path.stem, path)


@cache
def _load_own(api: str) -> Contract:
    return _load(api, contract_file(api))


def _load(api: str, path: Path) -> Contract:
    return build(api, path, read_document(path))


def read_document(path: Path) -> dict[str, Any]:
    """The file's OpenAPI 3.0 document as written. Raises ContractError when it is none."""
    document = read(path)
    _check_version(document, path)
    assert isinstance(document, dict)
    return document


def _check_version(document: Any, path: Path) -> None:
    sentence, key = None, "openapi"
    if not isinstance(document, dict):
        sentence = "this is not an OpenAPI document: give one whose first line says `openapi: 3.0.3`"
    elif "swagger" in document:
        sentence, key = f"this is Swagger {document['swagger']}: convert it to OpenAPI 3.0 first", "swagger"
    elif "openapi" not in document:
        sentence = "this is not an OpenAPI document: it has no `openapi` member, such as `openapi: 3.0.3`"
    elif not str(document["openapi"]).startswith("3.0"):
        sentence = f"this is OpenAPI {document['openapi']}: only 3.0 is read, convert it first"
    if sentence is not None:
        raise ContractError(sentence, str(path), lines_of(path).line((key,)))

"""An answer of the double in bytes, and how a refusal becomes one."""

from dataclasses import dataclass
from functools import lru_cache

from mock_server.compiler import Headers, Plan, Responder
from mock_server.media import JSON, write_json
from mock_server.refusals import Refusal


@dataclass(slots=True)
class Answer:
    """An answer in bytes. `keep`: what behaviour wrote stays. `basis`, `violations` and `role` go to the journal."""

    status: int
    headers: Headers
    body: bytes
    basis: str
    keep: bool = False
    violations: tuple[tuple[str, str, str], ...] = ()
    role: str | None = None


def header_value(value: str) -> bytes:
    """A header value in bytes; what latin-1 cannot hold, and line ends, are percent-encoded."""
    text = "".join(
        char if 32 <= ord(char) < 127 else "".join(f"%{b:02X}" for b in char.encode("utf-8", "replace"))
        for char in value
    )
    return text.encode("latin-1")


def write_refusal(plan: Plan | None, refusal: Refusal, media_type: str, responder: Responder | None = None) -> Answer:
    """A refusal in bytes: in `media_type` where the contract declares the error in it, else as JSON.

    `responder` is for a refusal of no operation. A status that the operation does not declare is written as its
    errors are.
    """
    if plan is not None:
        responder = plan.responder(refusal.status) or plan.any_error(media_type)
    found = responder.writers.get(media_type) or responder.writers.get(JSON) if responder else None
    content_type = found.headers[0][1] if found is not None else JSON.encode()
    headers = _refusal_headers(
        content_type if refusal.body is not None else None,
        refusal.basis,
        plan.operation.id if plan is not None else None,
    )
    if refusal.headers:
        own = ((name.lower().encode(), header_value(value)) for name, value in refusal.headers.items())
        headers = (*headers, *own)
    if refusal.body is None:
        return Answer(refusal.status, headers, b"", refusal.basis)
    write = found.write if found is not None else write_json
    return Answer(refusal.status, headers, write(refusal.body), refusal.basis)


@lru_cache(maxsize=1024)
def _refusal_headers(content_type: bytes | None, basis: str, operation: str | None) -> Headers:
    """The headers that every refusal of an operation has; remembered, there are only so many."""
    headers: Headers = ((b"mock-basis", basis.encode()),)
    if operation is not None:
        headers = (*headers, (b"mock-operation", operation.encode()))
    return headers if content_type is None else ((b"content-type", content_type), *headers)

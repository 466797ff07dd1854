"""Secrets never leave the suite: what is shown or written goes through here."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from urllib.parse import quote

REDACTED = "[redacted]"
_SECRET_HEADERS = frozenset(("authorization", "proxy-authorization", "cookie", "set-cookie"))


class Redactor:
    """Takes a target's secrets, in the forms in which they travel, out of texts and headers."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        self._forms = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """`text` without secrets."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, REDACTED)
        return text

    def body(self, body: bytes) -> str:
        """A body as text without secrets; what is not UTF-8 is shown by replacement characters."""
        return self.text(body.decode("utf-8", "replace"))

    def header(self, name: str, value: str) -> str:
        """A header's value without secrets; of a credential only its scheme stays."""
        if name.lower() not in _SECRET_HEADERS:
            return self.text(value)
        scheme, space, _ = value.partition(" ")
        return f"{scheme} {REDACTED}" if space and scheme.isalpha() else REDACTED


def _forms(secret: str) -> set[str]:
    encoded = base64.b64encode(secret.encode()).decode()
    return {secret, quote(secret, safe=""), encoded}

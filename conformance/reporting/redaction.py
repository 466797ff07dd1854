"""Secrets never leave the suite: what is shown or written goes through here.

A secret that is also something public (the user's own name, a word of the base URL) cannot be told from it in a text:
such a one is taken out where it is used as a credential, any other wherever it stands.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from conformance.run import Run
from conformance.target import Target

REDACTED = "[redacted]"
LEAST_BEGINNING = 5
_SECRET_HEADERS = frozenset(("authorization", "proxy-authorization", "cookie", "set-cookie"))
_NAMES = r"pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|credentials?"
_NAMED = rf"(?i:{_NAMES})[\"'\\]*\s*[:=]\s*[\"'\\]*"
_SCHEME = r"(?i:bearer|basic|token)\s+"
_SECRET_NAME = re.compile(rf"auth|key|{_NAMES}", re.IGNORECASE)


class Redactor:
    """Takes a target's secrets, in the forms in which they travel, out of texts and headers."""

    def __init__(self, secrets: Iterable[str], public: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        """`public` are texts that must survive, `names` the user names that a password may be written behind."""
        shown = tuple(public)
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        common = {form for form in forms if any(form in text for text in shown)}
        self._forms = sorted(forms - common, key=len, reverse=True)
        self._words = common
        self._common = _credential(common, names)
        self._cut = _beginnings(self._forms)

    @classmethod
    def of(cls, run: Run) -> Redactor:
        """The redactor of a run: what its target and its contract say openly survives."""
        operations = [text for one in run.contract.operations.values() for text in (one.id, one.path)]
        users = [one.username for one in run.target.credentials.values() if one.username]
        return cls(run.target.secrets, (*_public(run.target), run.contract.api, *operations), users)

    def text(self, text: str) -> str:
        """`text` without secrets."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, REDACTED)
        if self._common is not None:
            text = self._common.sub(rf"\g<before>{REDACTED}", text)
        if self._cut is not None and "…" in text:
            text = self._cut.sub(REDACTED, text)
        return text

    def body(self, body: bytes) -> str:
        """A body as text without secrets; what is not UTF-8 is shown by replacement characters."""
        return self.text(body.decode("utf-8", "replace"))

    def header(self, name: str, value: str) -> str:
        """A header's value without secrets; of a credential only its scheme stays."""
        if name.lower() not in _SECRET_HEADERS:
            return REDACTED if value in self._words and _SECRET_NAME.search(name) else self.text(value)
        scheme, space, _ = value.partition(" ")
        return f"{scheme} {REDACTED}" if space and scheme.isalpha() else REDACTED


def _forms(secret: str) -> set[str]:
    """A secret as it stands in a URL, in base64, in JSON and in XML or HTML."""
    data = secret.encode()
    encoded = {base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()}
    written = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], escape(secret)}
    return {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)} | encoded | written


def _public(target: Target) -> Iterator[str]:
    """What the owner of a target says openly: where it is, who calls, and the objects that may be used."""
    place = urlsplit(target.base_url)
    yield f"{place.scheme}://{place.netloc.rpartition('@')[2]}{place.path}"
    for name, credential in target.credentials.items():
        yield from (name, credential.username or "")
    yield from _texts(target.fixtures)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _texts(child)
    else:
        yield str(value)


def _credential(common: Iterable[str], names: Iterable[str]) -> re.Pattern[str] | None:
    """Where a secret that is also a public word is unmistakable: behind its name, a scheme, or `user:`."""
    words = "|".join(re.escape(form) for form in sorted(common, key=len, reverse=True))
    if not words:
        return None
    pairs = "|".join(re.escape(f"{name}:") for name in names)
    before = "|".join([_NAMED, _SCHEME, *([rf"(?<!\w)(?:{pairs})"] if pairs else [])])
    return re.compile(rf"(?P<before>{before})(?:{words})(?!\w)")


def _beginnings(forms: Iterable[str]) -> re.Pattern[str] | None:
    """The beginning of a secret where a text was cut, which is told by `…`."""
    cut = [re.escape(form[:length]) for form in forms for length in range(len(form) - 1, LEAST_BEGINNING - 1, -1)]
    return re.compile(f"(?:{'|'.join(cut)})(?=…)") if cut else None

"""The server under test, as its owner describes it: a TOML file, read, checked and made ready to use.

Every mistake in it is one sentence naming the file and the key, raised as `WrongUse`.
"""

from __future__ import annotations

import base64
import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.api import Api, Fixture
from conformance.errors import WrongUse
from conformance.wire import RawRequest, Wire

TABLES = ("credentials", "fixtures", "limits", "capabilities")
LIMITS = ("requests_per_second", "settle_seconds")
KIND_NAMES = {str: "text", int: "a whole number", list: "a list of texts"}


@dataclass(frozen=True, slots=True)
class Credential:
    """What one role sends: a bearer token, or a user name and password."""

    role: str
    token: str | None = None
    username: str | None = None
    password: str | None = None

    @property
    def authorization(self) -> str:
        """The value of the Authorization header."""
        if self.token is not None:
            return f"Bearer {self.token}"
        pair = f"{self.username}:{self.password}".encode()
        return "Basic " + base64.b64encode(pair).decode()

    @property
    def secrets(self) -> tuple[str, ...]:
        if self.token is not None:
            return (self.token,)
        return (self.password or "", self.authorization.removeprefix("Basic "))


@dataclass(frozen=True, slots=True)
class Target:
    """The server under test: where it is, who may call it, which objects may be used, how fast, what is allowed."""

    api: str
    base_url: str
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    fixtures: Mapping[str, Any] = field(default_factory=dict)
    requests_per_second: float | None = None
    settle_seconds: float = 5.0
    capabilities: Mapping[str, bool] = field(default_factory=dict)
    origin: str | None = None
    """The file or URL it was read from."""

    @property
    def base_path(self) -> str:
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def secrets(self) -> tuple[str, ...]:
        found = [secret for credential in self.credentials.values() for secret in credential.secrets]
        return tuple(sorted({secret for secret in found if secret}, key=len, reverse=True))


def load_target(place: str, api: Api, base_url: str | None = None, timeout: float = 30.0) -> Target:
    """Read a target file or URL for `api`; `base_url` overrides the file's own.

    Raises:
        WrongUse: unreadable, not TOML, or a key that is missing, unknown or of the wrong type.
        Unavailable: `place` is a URL and nothing answers there.
    """
    try:
        data = tomllib.loads(_text_of(place, timeout))
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(f"{place} is not valid TOML: {error}.") from None
    return _Reader(place, api).target(data, base_url)


def api_named(place: str, timeout: float = 30.0) -> str:
    """Which API a target file or URL is for.

    Raises:
        WrongUse: unreadable, or it does not say.
    """
    try:
        data = tomllib.loads(_text_of(place, timeout))
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(f"{place} is not valid TOML: {error}.") from None
    if not isinstance(data.get("api"), str):
        raise WrongUse(f'{place} does not say which API it is for; write api = "…" in it.')
    return str(data["api"])


def _text_of(place: str, timeout: float) -> str:
    return _fetch(place, timeout) if place.startswith(("http://", "https://")) else _read(place)


def bare_target(api: Api, base_url: str) -> Target:
    """A target known by its base URL alone: no credentials, no fixtures."""
    return Target(
        api=api.id,
        base_url=checked_url(base_url, "--base-url"),
        capabilities={known.name: known.default for known in api.capabilities},
    )


def checked_url(text: str, where: str) -> str:
    """`text` without a final slash, if it is an absolute http or https URL."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    shown = repr(re.sub(r"//.*@", "//…@", text))  # A password is nobody's business who reads what is printed.
    if not usable:
        raise WrongUse(f"{where} must be a URL such as http://127.0.0.1:8080/path, not {shown}.")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise WrongUse(f"{where} must have no user, query or fragment: {shown}.")
    return text.rstrip("/")


def _read(place: str) -> str:
    try:
        return Path(place).read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = "make one with `devicedouble target API > FILE`"
        raise WrongUse(f"There is no target file {place}; {hint}.") from None
    except UnicodeDecodeError:
        raise WrongUse(f"{place} is not UTF-8 text.") from None
    except OSError as error:
        raise WrongUse(f"{place} cannot be read: {(error.strerror or str(error)).lower()}.") from None


def _fetch(url: str, timeout: float) -> str:
    checked_url(url.split("?")[0], "--target")
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    wire = Wire(url, timeout)
    try:
        answer = wire.send(RawRequest("GET", target, (("Accept", "application/toml, text/plain, */*"),)))
    finally:
        wire.close()
    if answer.status != 200:
        raise WrongUse(f"{url} answered {answer.status}, not a target file.")
    try:
        return answer.body.decode("utf-8")
    except UnicodeDecodeError:
        raise WrongUse(f"{url} is not UTF-8 text.") from None


class _Reader:
    """Checks the tables of one file against what the API knows."""

    def __init__(self, place: str, api: Api) -> None:
        self.place = place
        self.api = api
        self.open = not api.roles and not api.fixtures
        """A contract without a table: any role and fixture name is taken."""

    def target(self, data: dict[str, Any], base_url: str | None) -> Target:
        self._known(data, ("api", "base_url", *TABLES), "")
        name = data.get("api", self.api.id)
        if name != self.api.id:
            raise WrongUse(f"{self.place}: api is {name!r}, but {self.api.id} is to be checked.")
        url = base_url or self._text(data.get("base_url"), "base_url")
        for table in TABLES:
            if not isinstance(data.get(table, {}), dict):
                raise WrongUse(f"{self.place}: {table} must be a table, written [{table}].")
        limits = self._limits(data.get("limits", {}))
        return Target(
            api=self.api.id,
            base_url=checked_url(url, "--base-url" if base_url else f"{self.place}: base_url"),
            credentials=self._credentials(data.get("credentials", {})),
            fixtures=self._fixtures(data.get("fixtures", {})),
            requests_per_second=limits.get("requests_per_second"),
            settle_seconds=limits.get("settle_seconds", 5.0),
            capabilities=self._capabilities(data.get("capabilities", {})),
            origin=self.place,
        )

    def _credentials(self, table: dict[str, Any]) -> dict[str, Credential]:
        if not self.open:
            self._known(table, [role.name for role in self.api.roles], "credentials.")
        return {role: self._credential(role, fields) for role, fields in table.items()}

    def _credential(self, name: str, fields: Any) -> Credential:
        where = f"credentials.{name}"
        if not isinstance(fields, dict):
            raise WrongUse(f"{self.place}: {where} must be a table, written [{where}].")
        role = self.api.role(name)
        kind = role.kind if role else ("token" if "token" in fields else "basic")
        wanted = ("token",) if kind == "token" else ("username", "password")
        self._known(fields, wanted, f"{where}.")
        texts = {key: self._text(fields.get(key), f"{where}.{key}") for key in wanted}
        for key, text in texts.items():
            if not text or any(ord(char) < 32 for char in text):
                raise WrongUse(f"{self.place}: {where}.{key} is empty or has control characters.")
        return Credential(name, **texts)

    def _fixtures(self, table: dict[str, Any]) -> dict[str, Any]:
        if self.open:
            return {name: self._plain(value, f"fixtures.{name}") for name, value in table.items()}
        self._known(table, [fixture.name for fixture in self.api.fixtures], "fixtures.")
        return {
            fixture.name: self._fixture(fixture, table[fixture.name])
            for fixture in self.api.fixtures
            if fixture.name in table
        }

    def _fixture(self, fixture: Fixture, value: Any) -> Any:
        where = f"fixtures.{fixture.name}"
        value = self._plain(value, where)
        fits = isinstance(value, fixture.kind) and not isinstance(value, bool)
        if not fits:
            raise WrongUse(f"{self.place}: {where} must be {KIND_NAMES[fixture.kind]}, not {value!r}.")
        if isinstance(value, list) and not (value and all(isinstance(item, str) and item for item in value)):
            raise WrongUse(f"{self.place}: {where} must be a list of at least one text.")
        if value == "":
            raise WrongUse(f"{self.place}: {where} is empty; leave it out instead.")
        return value

    def _limits(self, table: dict[str, Any]) -> dict[str, float]:
        self._known(table, LIMITS, "limits.")
        for name, value in table.items():
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not 0 <= value < float("inf") or (value == 0 and name == LIMITS[0]):
                raise WrongUse(f"{self.place}: limits.{name} must be a positive number, not {value!r}.")
        return {name: float(value) for name, value in table.items()}

    def _capabilities(self, table: dict[str, Any]) -> dict[str, bool]:
        known = {capability.name: capability.default for capability in self.api.capabilities}
        self._known(table, list(known), "capabilities.")
        for name, value in table.items():
            if not isinstance(value, bool):
                raise WrongUse(f"{self.place}: capabilities.{name} must be true or false, not {value!r}.")
        return known | table

    def _text(self, value: Any, where: str) -> str:
        if value is None:
            raise WrongUse(f"{self.place}: {where} is missing.")
        if not isinstance(value, str):
            raise WrongUse(f"{self.place}: {where} must be text, not {value!r}.")
        return self._from_environment(value, where)

    def _plain(self, value: Any, where: str) -> Any:
        if isinstance(value, str):
            return self._from_environment(value, where)
        if isinstance(value, list):
            return [self._plain(item, where) for item in value]
        return value

    def _from_environment(self, value: str, where: str) -> str:
        if not value.startswith("env:"):
            return value
        name = value[4:]
        if name not in os.environ:
            raise WrongUse(f"{self.place}: {where} reads the environment variable {name}, which is not set.")
        return os.environ[name]

    def _known(self, table: Mapping[str, Any], names: Iterable[str], prefix: str) -> None:
        names = list(names)
        for key in table:
            if key not in names:
                near = difflib.get_close_matches(key, names, 1)
                hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(names) or 'none'}."
                raise WrongUse(f"{self.place}: {prefix}{key} is not known; {hint}")


def with_rate(target: Target, rate: float | None) -> Target:
    """The target with the pace given on the command line, if one was."""
    return target if rate is None else replace(target, requests_per_second=rate)

"""The restore ledger: what has to be put back, written to disk before it is changed.

A line of it is an entry: a snapshot of a resource (differences are put back) or a request that undoes a creation.
Entries are undone in reverse order at the end of a check, after Ctrl-C, and, when the suite was killed, by the next
run, if its user wants that. Credentials are never in it, only role names.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from conformance.errors import WrongUse


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is `snapshot` (`name` a resource, `content` the reading before) or `request` (`name` an operation)."""

    number: int
    kind: str
    name: str
    path: Mapping[str, str]
    role: str | None
    content: Any = None


class RestoreLedger:
    """The entries that are still to be undone for one server. Every change of it is on disk before it returns."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.entries: dict[int, Entry] = {}
        self._lock = threading.Lock()
        self.inherited = 0
        """The number of the last entry that an earlier run left."""
        self._last = 0

    @classmethod
    def of(cls, api: str, base_url: str) -> RestoreLedger:
        """The ledger file of a server, in the user's own state directory, with what an earlier run left in it."""
        ledger = cls(state_folder() / "restore" / f"{api}-{hashlib.sha256(base_url.encode()).hexdigest()[:16]}.json")
        ledger._load()
        return ledger

    def prepare(self) -> None:
        """See to it that entries can be written.

        Raises:
            WrongUse: with the folder that cannot be written to.
        """
        if self.file is None:
            return
        folder = self.file.parent
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with TemporaryFile(dir=folder):
                pass
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise WrongUse(
                f"What a run changes is first noted in {folder}, where nothing can be written ({reason}): "
                "set XDG_STATE_HOME to a folder that can be, or use --safe."
            ) from None

    def add(self, kind: str, name: str, path: Mapping[str, str], role: str | None, content: Any = None) -> Entry:
        with self._lock:
            self._last += 1
            entry = Entry(self._last, kind, name, dict(path), role, content)
            self.entries[entry.number] = entry
            self._write()
        return entry

    def done(self, entry: Entry) -> None:
        with self._lock:
            self.entries.pop(entry.number, None)
            self._write()

    def covered(self, entry: Entry) -> bool:
        """Whether an earlier entry of this run, which is still to be undone, is about the same object."""
        about = (entry.kind, entry.name, entry.path)
        return any(
            self.inherited < one.number < entry.number and (one.kind, one.name, one.path) == about
            for one in self.pending()
        )

    def clear(self) -> None:
        with self._lock:
            self.entries.clear()
            self._write()

    def pending(self) -> list[Entry]:
        """What is to be undone, the latest first."""
        return sorted(self.entries.values(), key=lambda entry: -entry.number)

    def _load(self) -> None:
        assert self.file is not None
        try:
            rows = json.loads(self.file.read_text(encoding="utf-8"))
            self.entries = {row["number"]: Entry(**row) for row in rows}
        except (OSError, ValueError, TypeError, KeyError):
            self.entries = {}
        self._last = self.inherited = max(self.entries, default=0)

    def _write(self) -> None:
        if self.file is None:
            return
        if not self.entries:
            self.file.unlink(missing_ok=True)
            return
        fresh = self.file.with_suffix(f".{os.getpid()}.tmp")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump([asdict(entry) for entry in self.entries.values()], out, default=repr)
        fresh.replace(self.file)


def state_folder() -> Path:
    """Where this user's programs keep what must outlive a run."""
    base = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".local" / "state") / "devicedouble"

"""A real PostgreSQL for tests, of the installed programs, in a directory of its own that goes with it."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from glob import glob
from itertools import count
from pathlib import Path

import pytest

_numbers = count(1)


def programs() -> Path | None:
    """The directory of `initdb` and `pg_ctl`, or None."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    places = sorted(glob("/usr/lib/postgresql/*/bin"))
    return Path(places[-1]) if places else None


def needed() -> Path:
    """The directory of the programs. Without them the test is skipped; where `CI` is set it fails."""
    found = programs()
    if found is None:
        reason = "PostgreSQL is not installed (initdb was not found)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class Postgres:
    """A server on a free port of this machine, owned by a user that it accepts (it refuses root)."""

    def __init__(self, bin_: Path, *, durable: bool = False) -> None:
        self._bin = bin_
        self._user = _somebody() if os.geteuid() == 0 else None
        self._home = Path(tempfile.mkdtemp(prefix="postgres-"))
        self.port = _free_port()
        if self._user is not None:
            shutil.chown(self._home, self._user)
        self._run("initdb", "-D", str(self._data), "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = ["listen_addresses='127.0.0.1'", f"port={self.port}", f"unix_socket_directories='{self._home}'"]
        if not durable:
            settings += ["fsync=off", "full_page_writes=off"]
        with (self._data / "postgresql.conf").open("a") as file:
            file.write("\n".join(settings) + "\n")

    @property
    def _data(self) -> Path:
        return self._home / "data"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        with (self._home / "log").open("ab") if self._user is None else open(os.devnull, "ab") as log:
            subprocess.run(command, user=self._user, check=True, stdout=log, stderr=log, cwd="/")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self._home / "server.log"), "-w", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server; `immediate` is like pulling the plug."""
        self._run("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "stop")

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"d{next(_numbers)}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "tests", name)
        return f"postgresql://tests@127.0.0.1:{self.port}/{name}"

    def remove(self) -> None:
        """Stop, and leave nothing behind."""
        with suppress(subprocess.CalledProcessError):  # it may have been stopped
            self.stop()
        shutil.rmtree(self._home, ignore_errors=True)


def _somebody() -> str:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.fail("There is no user postgres or nobody to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

"""From an API and a target to a run that is ready to start: the wiring, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from conformance.api import Api
from conformance.apis import MODULES, table_for
from conformance.client import Client, TransportMaker
from conformance.errors import WrongUse
from conformance.requirements import Ledger, chosen, ledger_of
from conformance.results import Results, Rules
from conformance.run import Options, Run
from conformance.runner import Progress, Runner
from conformance.target import Target
from conformance.types import Requirement
from conformance.undo import RestoreLedger
from conformance.wire import Wire
from openapi.contract import Contract, ContractError, load


@dataclass
class Session:
    """One API or contract, its ledger, and (once opened) the run against a target."""

    contract: Contract
    api: Api
    ledger: Ledger
    options: Options = field(default_factory=Options)

    @classmethod
    def of(cls, api_or_path: str, options: Options | None = None) -> Session:
        """The session of an API id, or of any OpenAPI 3.0 document.

        Raises:
            WrongUse: there is no such API or file, or it is no OpenAPI document.
        """
        if api_or_path not in MODULES and not Path(api_or_path).is_file():
            raise WrongUse(f"{api_or_path!r} is neither one of {', '.join(MODULES)} nor a contract file.")
        try:
            contract = load(api_or_path)
        except ContractError as error:
            raise WrongUse(f"{error}".rstrip(".") + ".") from None
        api = table_for(contract)
        return cls(contract, api, ledger_of(contract, api), options or Options())

    def chosen(self, only: Sequence[str] = (), skip: Sequence[str] = ()) -> list[Requirement]:
        """The requirements to check.

        Raises:
            WrongUse: a glob matches nothing, or nothing is left.
        """
        for glob in (*only, *skip):
            if not chosen(self.ledger, (glob,), ()):
                raise WrongUse(f"No requirement of {self.contract.api} matches {glob!r}; --list prints them.")
        found = chosen(self.ledger, tuple(only), tuple(skip))
        if not found:
            raise WrongUse("--skip leaves nothing of what is to be checked.")
        return found

    def open(
        self, target: Target, *, timeout: float = 30.0, transport: TransportMaker = Wire, remember: bool = True
    ) -> Run:
        """A run against `target`; with `remember`, its restore ledger is on disk.

        Raises:
            WrongUse: when that cannot be written, and the run may change something.
        """
        client = Client(target, timeout, transport)
        undo = RestoreLedger.of(self.contract.api, target.base_url) if remember else RestoreLedger(None)
        if not self.options.safe:
            undo.prepare()
        return Run(self.contract, self.api, target, client, self.options, undo)

    def check(
        self,
        run: Run,
        requirements: Sequence[Requirement],
        rules: Rules | None = None,
        *,
        workers: int = 1,
        fail_fast: bool = False,
        progress: Progress | None = None,
    ) -> Results:
        """Check the requirements and close the connections."""
        runner = Runner(run, self.ledger, rules or Rules(), workers=workers, fail_fast=fail_fast, progress=progress)
        try:
            return runner.all(requirements)
        finally:
            run.client.close()

"""Whether a contract is right: OpenAPI's own rules, the vocabulary, every reference, every example.

`lint` gives findings, each with file, line, pointer and one sentence that says what to do. The rules are in
`openapi.rules`, one concern a file; this is the table of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from openapi.contract import ContractError, contract_file
from openapi.rules import answers, examples, lifecycles, links, structure, templates, vocabulary
from openapi.rules.subject import Problem, Subject
from openapi.source import show_pointer

Rule = Callable[[Subject], Iterator[Problem]]

FORM: tuple[Rule, ...] = (structure.openapi, structure.spelling, vocabulary.extensions)
"""What needs only the document as written."""

SENSE: tuple[Rule, ...] = (
    structure.references,
    structure.operations,
    structure.parameters,
    vocabulary.document,
    vocabulary.sources,
    lifecycles.states,
    lifecycles.answers,
    answers.names,
    answers.used,
    answers.statuses,
    links.operation_ids,
    links.parameters,
    links.read_backs,
    templates.placeholders,
    examples.bodies,
    examples.schemas,
    examples.errors,
)
"""What needs the contract loaded."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `line` is None only where the file cannot be read as lines."""

    file: str
    line: int | None
    pointer: str
    sentence: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.sentence} ({self.pointer})"


def lint(api_or_path: str | Path) -> list[Finding]:
    """The findings of a contract, in the order of its lines; none when it is right.

    A file that is no OpenAPI 3.0 document gives the one finding that says why. A contract without any of our extensions
    is held to OpenAPI and its own examples alone.
    """
    path = contract_file(api_or_path)
    try:
        subject = Subject(path)
        problems = list(_problems(subject))
    except ContractError as error:
        return [Finding(error.file, error.line, "#", error.sentence)]
    findings = {
        Finding(str(path), subject.lines.line(problem.pointer), show_pointer(problem.pointer), problem.sentence): None
        for problem in problems
    }
    return sorted(findings, key=lambda finding: (finding.line or 0, finding.pointer))


def _problems(subject: Subject) -> Iterator[Problem]:
    """The form first; the sense of a malformed document only as far as it goes."""
    nowhere = list(structure.targets(subject))
    if nowhere:
        yield from nowhere
        return
    malformed = False
    for rule in FORM:
        for problem in rule(subject):
            malformed = True
            yield problem
    try:
        for rule in SENSE:
            yield from rule(subject)
    except (ContractError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        if not malformed:
            raise

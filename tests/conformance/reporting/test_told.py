"""What a failure says is enough to see it for oneself."""

from __future__ import annotations

from conformance.errors import BrokenOff
from conformance.reporting import Redactor
from conformance.reporting.report import curl
from conformance.wire import RawAnswer, RawRequest, Wire
from tests.conformance.tiny import session, target
from tests.conformance.tiny.server import Notes, serving


class Breaking(Wire):
    """Closes the connection on every query that nobody knows."""

    def send(self, request: RawRequest) -> RawAnswer:
        if "devicedouble_unknown" in request.target:
            raise BrokenOff("The server closed the connection without an answer.")
        return super().send(request)


def test_a_broken_connection_is_shown_with_its_request() -> None:
    """No answer came: what was sent is all there is to show, and it is shown."""
    suite = session()
    with serving(Notes()) as base_url:
        run = suite.open(target(base_url), transport=Breaking, remember=False)
        results = suite.check(run, suite.chosen(("tiny.get-note.robust-query",)))
    failure = results.outcomes[0].failures[0]
    line = curl(failure.exchanges[0], Redactor.of(run))
    assert line.startswith("curl -X GET ")
    assert line.endswith(f"'{base_url}/notes/1?devicedouble_unknown=x'")
    assert failure.exchanges[0].status == 0
    assert not failure.message.endswith("..")


def test_an_object_listed_twice_is_shown_with_the_page() -> None:
    """A list that names an object twice is told with the request that got it."""
    suite = session()
    with serving(Notes({"twice"})) as base_url:
        run = suite.open(target(base_url), remember=False)
        results = suite.check(run, suite.chosen(("tiny.list-notes.names-each-once",)))
    failure = results.outcomes[0].failures[0]
    assert [exchange.operation for exchange in failure.exchanges] == ["listNotes"]

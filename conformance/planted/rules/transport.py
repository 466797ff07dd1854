"""HTTP half understood: media types, methods, and servers that fall over what is odd."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.errors import BrokenOff
from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.rules.ground import Ground
from conformance.planted.tools import always, on, with_status


def media_types(ground: Ground) -> Iterator[Fault]:
    """Accept that is not looked at, or not whole."""
    for operation in ground.main():
        for slug, breaks, caught, modifier in (
            ("accept-ignored", "gives JSON whatever is accepted", ("offers-media-types",), _accepting(_json)),
            ("accept-first", "gives the first media type that is accepted", ("weighs-accept",), _accepting(_leftmost)),
            ("accept-any", "answers who accepts nothing of it", ("refuses-accept",), _accepting(_never_refused)),
            ("forms-differ", "says something else in XML", ("forms-agree",), _xml_differs),
        ):
            yield from ground.fault(operation, slug, breaks, caught, always(on(operation.id, modifier)))


def _json(accept: str) -> str:
    del accept
    return "application/json"


def _leftmost(accept: str) -> str:
    return accept.split(",")[0].split(";")[0].strip()


def _never_refused(accept: str) -> str:
    return "*/*" if accept == "image/png" else accept


def _accepting(edit: object) -> Modifier:
    def modifier(call: Call, forward: Forward) -> Answer:
        assert callable(edit)
        accept = call.header("Accept")
        return forward(call if accept is None else call.with_header("Accept", edit(accept)))

    return modifier


def _xml_differs(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    kind = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
    if "xml" not in kind or not answer.ok:
        return answer
    head, end, rest = answer.body.decode().partition("?>")
    changed = re.sub(r'(="|>)([A-Za-z0-9][\w. -]{2,})(?="|<)', lambda match: f"{match[1]}{match[2]}0", rest or head)
    return answer.with_(body=(head + end + changed if rest else changed).encode())


def methods(ground: Ground) -> Iterator[Fault]:
    """Methods that are not there, and HEAD."""
    for operation in [one for one in ground.main() if one.method == "GET"][:1]:
        yield from ground.fault(
            operation, "no-head", "answers HEAD with 404", ("head-like-get",), always(_head_is_lost)
        )
    for operation in ground.main():
        entry = ground.contract.errors.get(ground.contract.violation("method").error or "")
        if entry is None or entry.status != 405:
            continue
        for slug, breaks, modifier in (
            ("404-for-405", "answers 404 to other methods", with_status({405: 404})),
            ("no-allow", "says not which methods there are", _no_allow),
            ("any-method", "takes other methods for its own", _any_method(operation.method)),
        ):
            yield from ground.fault(operation, slug, breaks, ("refuses-other-methods",), always(modifier))
        break


def _head_is_lost(call: Call, forward: Forward) -> Answer:
    return Answer(404) if call.method == "HEAD" else forward(call)


def _no_allow(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return answer.with_header("Allow", None) if answer.status == 405 else answer


def _any_method(method: str) -> Modifier:
    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        return Answer(200).with_json({"method": method}) if answer.status == 405 else answer

    return modifier


def oddities(ground: Ground) -> Iterator[Fault]:
    """What nobody thought of brings the server down."""
    for operation in ground.main():
        for slug, breaks, caught, modifier in (
            ("fails-on-query", "fails over a badly encoded query", ("robust-query",), _fails(r"\?.*%(zz|ff|00)")),
            ("fails-on-long", "fails over a long query", ("robust-query",), _fails(r"\?.{400,}")),
            (
                "fails-on-path",
                "fails over odd letters in the path",
                ("robust-path",),
                _fails(r"^[^?]*%(zz|ff|00|27|22)"),
            ),
            ("fails-on-array", "fails over a body that is no object", ("robust-body",), _fails_on_other_bodies),
            ("hangs-up", "breaks off over a body that is nested deeply", ("robust-body",), _hangs_up),
        ):
            yield from ground.fault(operation, slug, breaks, caught, always(on_path(operation.id, modifier)))


def on_path(operation: str, modifier: Modifier) -> Modifier:
    """The operation's calls, and those that are too odd to be routed to one."""
    chosen = on(operation, modifier)

    def either(call: Call, forward: Forward) -> Answer:
        return modifier(call, forward) if call.operation is None else chosen(call, forward)

    return either


def _fails(pattern: str) -> Modifier:
    odd = re.compile(pattern, re.IGNORECASE)

    def modifier(call: Call, forward: Forward) -> Answer:
        return Answer(500).with_json({"error": "UnicodeDecodeError"}) if odd.search(call.target) else forward(call)

    return modifier


def _fails_on_other_bodies(call: Call, forward: Forward) -> Answer:
    if call.body in (b"1", b'"text"', b"null", b"[]"):
        return Answer(500).with_json({"error": "TypeError"})
    return forward(call)


def _hangs_up(call: Call, forward: Forward) -> Answer:
    if call.body.count(b"[") > 1000:
        raise BrokenOff("The server closed the connection without an answer.")
    return forward(call)

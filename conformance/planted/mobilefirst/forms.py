"""The forms of requests and answers: XML beside JSON, media types, locales, the small print of both."""

from __future__ import annotations

import re

from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.mobilefirst.rows import APPLICATION, DEVICE, DEVICES, plain
from conformance.planted.mobilefirst.strokes import refused, when


def text(old: str, new: str) -> Modifier:
    """XML answers say `new` where the right one says `old`."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        is_xml = answer.ok and answer.body.lstrip().startswith(b"<")
        return answer.with_(body=answer.body.replace(old.encode(), new.encode())) if is_xml else answer

    return modifier


def one_xml(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    kind = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
    return answer.with_header("Content-Type", "application/xml") if kind.startswith("text/xml") else answer


def first_of_accept(call: Call, forward: Forward) -> Answer:
    """q-values are not looked at: the first media type wins."""
    first = (call.header("Accept") or "*/*").split(",")[0].split(";")[0]
    return forward(call.with_header("Accept", first))


def plain_json_only(call: Call, forward: Forward) -> Answer:
    kind = call.header("Content-Type")
    return forward(call) if kind in (None, "application/json") else Answer(415).with_json({})


def mends_commas(call: Call, forward: Forward) -> Answer:
    """A comma before a closing bracket is passed over."""
    return forward(call.with_(body=re.sub(rb",\s*([}\]])", rb"\1", call.body)))


def confused_by_locale(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return answer.with_status(400) if answer.status == 404 and "locale" in call.query else answer


FAULTS: tuple[Fault, ...] = (
    plain(
        "xml-root",
        "the XML of a change has another root",
        DEVICE,
        "answers-200 xml-says-the-same",
        text("set-device-status-result", "set-status-result"),
    ),
    plain(
        "xml-elements",
        "description is missing in XML",
        DEVICE,
        "answers-200 xml-says-the-same",
        text("<description", "<descr"),
    ),
    plain(
        "xml-status",
        "the XML of a change says another status",
        DEVICE,
        "xml-says-the-same",
        text('status="SUCCESS"', 'status="FAILURE"'),
    ),
    plain(
        "xml-list-differs",
        "the XML of a list has other display names",
        DEVICES,
        "forms-agree",
        text('deviceModel="', 'deviceModel="x'),
    ),
    plain(
        "one-xml",
        "text/xml is answered as application/xml",
        DEVICES,
        "offers-media-types",
        one_xml,
    ),
    plain(
        "first-of-accept",
        "q-values are not looked at",
        DEVICES,
        "weighs-accept",
        first_of_accept,
    ),
    plain(
        "plain-json-only",
        "a charset beside application/json is refused",
        DEVICE,
        "takes-charset",
        plain_json_only,
    ),
    plain(
        "trailing-commas",
        "a trailing comma is passed over",
        (DEVICE, APPLICATION),
        "refuses-commas",
        mends_commas,
    ),
    plain(
        "any-query-refused",
        "a query that is not known in full is refused",
        DEVICE,
        "published-request",
        when(lambda call: "locale" in call.query, refused(400)),
    ),
    plain(
        "locale-confuses",
        "with a locale an unknown device is 400",
        DEVICE,
        "locale-is-words",
        confused_by_locale,
    ),
)

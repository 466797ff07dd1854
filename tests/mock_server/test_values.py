"""Values come back as they were sent: any Unicode, lone surrogates too, and whole numbers of any size."""

import json
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mock_server.calls import CALLS
from tests.support import Client

Factory = Callable[..., Client]
_JSON = {"Content-Type": "application/json"}


def test_any_text_is_stored_and_returned_unchanged(double: Factory) -> None:
    client = double("fleet", headers={**CALLS["fleet"].auth, **_JSON})

    @settings(max_examples=80)
    @given(st.text(st.characters(), min_size=1, max_size=60))
    def holds(text: str) -> None:
        written = client.patch("/devices/42", content=json.dumps({"name": text}))
        read = client.get("/devices/42")
        assert (written.status_code, json.loads(written.content)["data"]["name"]) == (200, text)
        assert json.loads(read.content)["data"]["name"] == text

    holds()


def test_whole_numbers_of_any_size_are_stored_and_returned_exactly(double: Factory) -> None:
    call = CALLS["masmovil"]
    client = double("masmovil", headers={**call.auth, **_JSON})

    @settings(max_examples=40)
    @given(st.integers(-(2**300), 2**300))
    def holds(number: int) -> None:
        patch = [{"op": "add", "path": "/insurable_amount", "value": number}]
        written = client.patch(call.write, content=json.dumps(patch))
        assert (written.status_code, json.loads(written.content)["insurable_amount"]) == (200, number)
        assert json.loads(client.get(call.read).content)["insurable_amount"] == number

    holds()


def test_whole_numbers_have_4300_digits_at_most_as_the_readme_says(double: Factory) -> None:
    call = CALLS["masmovil"]
    client = double("masmovil", headers={**call.auth, **_JSON})

    def written(digits: str) -> tuple[int, str]:
        answer = client.patch(
            call.write, content=f'[{{"op": "add", "path": "/insurable_amount", "value": {digits}}}]'.encode()
        )
        return answer.status_code, answer.text

    status, text = written("7" * 4300)
    assert status == 200
    assert f'"insurable_amount":{"7" * 4300},' in text
    status, text = written("7" * 4301)
    assert status == 400
    assert "contains a number with too many digits" in text
    assert "more than 4,300 digits" in (Path(__file__).parents[2] / "README.md").read_text()

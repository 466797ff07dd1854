"""Connexion's validation with the double's own readers and validators: strict JSON, sentences that name the member."""

from collections.abc import AsyncGenerator, Generator
from functools import lru_cache
from typing import Any

from connexion.datastructures import MediaTypeDict
from connexion.exceptions import BadRequestProblem, NonConformingResponseBody
from connexion.validators import AbstractRequestBodyValidator, AbstractResponseBodyValidator

from mock_server.bodies import Unreadable, read_json
from mock_server.schemas import Fault, Validator
from mock_server.world.codec import dumps, loads

ABSENT: Any = object()


class RequestBody(AbstractRequestBodyValidator):  # type: ignore[misc]
    """A JSON request body."""

    def __init__(self, *, required: bool = False, **options: Any) -> None:
        super().__init__(required=False, **options)  # Connexion's own sentence is not for people
        self._needed = required

    async def _parse(self, stream: AsyncGenerator[bytes, None], scope: Any) -> Any:  # noqa: ARG002
        body = b"".join([part async for part in stream])
        if not body:
            if self._needed:
                raise BadRequestProblem("The body is missing; send a JSON object.")
            return ABSENT
        try:
            return read_json(body)
        except Unreadable as error:
            raise BadRequestProblem(f"The body {error.reason}.") from None

    def _validate(self, body: Any) -> None:
        if body is not ABSENT and (faults := _validator(dumps(self._schema)).faults(body)):
            raise BadRequestProblem(" ".join(_sentence(fault) for fault in faults[:5]))


class ResponseBody(AbstractResponseBodyValidator):  # type: ignore[misc]
    """A JSON answer: checked in strict servers."""

    def _parse(self, stream: Generator[bytes, None, None]) -> Any:
        body = b"".join(stream)
        return read_json(body) if body else ABSENT

    def _validate(self, body: Any) -> None:
        if body is ABSENT:
            return
        if faults := _validator(dumps(self._schema)).faults(body):
            raise NonConformingResponseBody(" ".join(_sentence(fault) for fault in faults[:5]))


VALIDATORS = {
    "body": MediaTypeDict({"*/*json": RequestBody}),
    "response": MediaTypeDict({"*/*json": ResponseBody}),
}


@lru_cache(maxsize=128)
def _validator(schema: str) -> Validator:
    return Validator(loads(schema))


def _sentence(fault: Fault) -> str:
    steps = [*fault.instance_path, *([fault.missing] if fault.missing else [])]
    where = "/".join(str(step) for step in steps) or "The body"
    return f"{where} {fault.reason}."

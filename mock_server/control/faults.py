"""Operations on fault rules. What a rule forces must be in the contract of the API that it is about."""

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from mock_server.compiler import CompiledApi, Plan
from mock_server.control.context import Context, Problem, answer, nothing
from mock_server.prefer import NotDeclared, force
from mock_server.world.faults import Rule
from mock_server.world.worlds import OpenWorld


class FaultOperations:
    """Fault rules of worlds."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_faults(self, world: str) -> Response:
        return answer({"faults": await self._context.within(world, lambda found: [view(r) for r in found.faults])})

    async def add_fault(self, world: str, body: dict[str, Any]) -> Response:
        rule = {name: value for name, value in body.items() if value is not None}
        if "method" in rule:
            rule["method"] = rule["method"].upper()
        self._check(rule)
        added = await self._context.within(world, lambda found: view(found.faults.add(rule)))
        return answer(added, 201, location=f"/_mock/worlds/{quote(world)}/faults/{added['id']}")

    async def remove_fault(self, world: str, fault: str) -> Response:
        def remove(found: OpenWorld) -> None:
            if not found.faults.remove(fault):
                raise Problem(404, f"There is no fault rule {fault!r} in the world {world!r}.")

        await self._context.within(world, remove)
        return nothing()

    async def clear_faults(self, world: str) -> Response:
        await self._context.within(world, lambda found: found.faults.clear())
        return nothing()

    def _check(self, rule: dict[str, Any]) -> None:
        plans = self._plans(rule)
        if "error" in rule and "status" in rule:
            raise Problem(400, "A rule answers an error or a status, not both.")
        if "error" in rule and "api" not in rule:
            raise Problem(400, "An error belongs to an API: give api too.", sorted(self._context.apis))
        for kind, name in (("error", "error"), ("code", "status")):
            if name in rule:
                _check_declared(plans, kind, str(rule[name]))
        delay = rule.get("delay")
        if isinstance(delay, dict) and "uniform" in delay and delay["uniform"][0] > delay["uniform"][1]:
            raise Problem(400, "delay.uniform gives the shortest delay first, then the longest.")

    def _plans(self, rule: dict[str, Any]) -> list[tuple[CompiledApi, Plan]]:
        """The operations that the rule may be about. Raises Problem for an API or operation that is not there."""
        apis = self._context.apis
        if "api" in rule and rule["api"] not in apis:
            raise Problem(400, f"There is no API {rule['api']!r} here.", sorted(apis))
        chosen = [apis[rule["api"]]] if "api" in rule else list(apis.values())
        calls = [
            (api, plan, method, route.key)
            for api in chosen
            for route in api.routes
            for method, plan in route.plans.items()
        ]
        if "operation" in rule:
            choices = sorted({plan.operation.id for _, plan, *_ in calls})
            calls = [call for call in calls if call[1].operation.id == rule["operation"]]
            if not calls:
                raise Problem(400, f"There is no operation {rule['operation']!r} here.", choices)
        if "method" in rule:
            choices = sorted({method for *_, method, _ in calls})
            calls = [call for call in calls if call[2] == rule["method"]]
            if not calls:
                asked = rule.get("operation", "What the rule is about")
                sentence = f"{asked} is called with {' or '.join(choices)}, never with {rule['method']!r}."
                raise Problem(400, sentence, choices)
        if "key" in rule:
            calls = [call for call in calls if call[3] is not None]
            if not calls:
                raise Problem(400, "No call that the rule is about has a key: leave key out.")
        return list({(api.api.id, plan.operation.id): (api, plan) for api, plan, *_ in calls}.values())


def _check_declared(plans: list[tuple[CompiledApi, Plan]], kind: str, value: str) -> None:
    """Raise Problem unless one of the operations declares this answer."""
    choices: set[str] = set()
    sentence = f"No operation answers {value!r}."
    for api, plan in plans:
        try:
            force(api, plan, kind, value)
        except NotDeclared as error:
            choices.update(error.choices)
            if len(plans) == 1:
                sentence = f"{error.sentence}."
        else:
            return
    raise Problem(400, sentence, sorted(choices))


def view(rule: Rule) -> dict[str, Any]:
    """A rule as the control plane shows it."""
    return {"id": rule.id, "rule": rule.definition, "seen": rule.seen, "fired": rule.fired}

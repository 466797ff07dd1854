"""Whether an API could show a planted document as its contract says."""

from mock_server.compiler import CompiledApi
from mock_server.schemas import Validator
from mock_server.types import World


def unfit(api: CompiledApi, view: World, collection: str, key: str) -> str | None:
    """Why the document under `key` cannot be shown, as a sentence; None when it can, or is never shown."""
    shown = api.api.shows.get(collection)
    validator = _validator(api, shown.operation) if shown is not None else None
    if shown is None or validator is None:
        return None
    try:
        body = shown.body(view, key)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return f"{api.api.id} could not show this document: {type(error).__name__}: {error}."
    faults = validator.faults(body)
    if not faults:
        return None
    where = "/".join(str(step) for step in faults[0].instance_path)
    said = f"its member {where}" if where else "it"
    return f"As {shown.operation} would show this document, {said} {faults[0].reason}."


def _validator(api: CompiledApi, operation: str) -> Validator | None:
    """What the operation's successes are held to."""
    for route in api.routes:
        for plan in route.plans.values():
            if plan.operation.id == operation:
                return next(iter(plan.responders["200"].writers.values())).validator
    return None

"""Whether an API could show a planted document as its contract says."""

from mock_server.compiler import CompiledApi
from mock_server.schemas import Fault, Validator
from mock_server.types import Document, Shown, World


def unfit(api: CompiledApi, view: World, collection: str, key: str, document: Document) -> str | None:
    """Why the document, stored under `key`, cannot be shown, as a sentence; None when nothing is against it."""
    kind = collection.partition(":")[0]
    for shown in api.api.shows:
        if shown.collection == kind and (sentence := _unfit(api, shown, view, key, document)) is not None:
            return sentence
    return None


def _unfit(api: CompiledApi, shown: Shown, view: World, key: str, document: Document) -> str | None:
    if shown.id in document and str(document[shown.id]) != key:
        return f"The document's {shown.id} is {document[shown.id]!r}, but its key is {key!r}: they must be the same."
    try:
        body = shown.body(view, key, document)
    except KeyError as error:
        return f"{shown.operation} could not show this document: it lacks the member {error.args[0]}."
    except (LookupError, TypeError, ValueError, AttributeError):
        return f"{shown.operation} could not show this document: a member is of another kind than is kept there."
    faults = _validator(api, shown.operation).faults(body)
    return f"As {shown.operation} would show this document, {_said(faults[0])}." if faults else None


def _said(fault: Fault) -> str:
    steps = [*fault.instance_path, *([fault.missing] if fault.missing else [])]
    where = "/".join(str(step) for step in steps)
    return f"{where or 'it'} {fault.reason}"


def _validator(api: CompiledApi, operation: str) -> Validator:
    """What the operation's successes are held to."""
    plans = (plan for route in api.routes for plan in route.plans.values())
    plan = next(plan for plan in plans if plan.operation.id == operation)
    validator = next(iter(plan.responders["200"].writers.values())).validator
    if validator is None:
        raise LookupError(f"the contract does not say what {operation} answers")
    return validator

"""Who may call: nobody without a credential, nobody with a wrong one, each role exactly what it may."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from conformance.checks.success import valid_body
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.requirements import Book
from conformance.types import Exchange, Requirement, weakest
from openapi.contract import Contract, Operation, SecurityScheme


def derive(book: Book) -> Iterator[Requirement]:
    yield from _challenge(book)
    for operation in book.operations():
        if not operation.security:
            continue
        yield from _credentials(book, operation)
        for scheme in operation.security:
            yield from _roles(book, operation, scheme)


def _challenge(book: Book) -> Iterator[Requirement]:
    """Once an API: servers that forget the header field forget it everywhere."""
    guarded = [one for one in book.operations() if one.security]
    for operation in sorted(guarded, key=lambda one: one.method != "GET")[:1]:
        scheme = operation.security[0].kind.title()
        yield replace(
            book.make(
                operation,
                "challenge",
                f"A 401 says in WWW-Authenticate that {scheme} is wanted.",
                "challenges",
                basis=weakest(operation.security[0].basis, "public"),
                level="SHOULD",
                source="RFC 9110 section 15.5.2",
                data={"scheme": scheme},
                order=20,
            ),
            id=book.id(None, "challenge"),
        )


def challenges(context: Context, requirement: Requirement) -> None:
    """The answer to a request without credentials names the scheme, where it is a 401."""
    name = str(requirement.operation)
    exchange: Exchange = context.once(
        ("authorization", name, None), lambda: context.call(name, role=None, authorization=None)
    )
    if exchange.status != 401:
        raise Inconclusive(f"a request without credentials was answered {exchange.status}")
    context.case()
    given = exchange.headers.get("www-authenticate") or ""
    scheme = requirement.data["scheme"]
    if scheme.lower() not in {part.strip().split(" ")[0].lower() for part in given.split(",")}:
        context.fail(
            f"A 401 does not say that {scheme} is wanted.",
            expected=f"WWW-Authenticate: {scheme} …",
            actual=given or "no WWW-Authenticate",
            exchanges=(exchange,),
            cause="challenge",
        )


def _credentials(book: Book, operation: Operation) -> Iterator[Requirement]:
    kinds = (
        ("no-credential", "unauthenticated", "A request without credentials"),
        ("wrong-credential", "credentials", "A request with a wrong credential"),
        ("wrong-scheme", "credentials", "A request with a credential of another scheme"),
    )
    for slug, word, text in kinds:
        refusal = operation.refusal(word)
        if refusal is None or refusal.error is None:
            continue
        entry = book.contract.errors[refusal.error]
        basis = weakest(refusal.basis, entry.basis, *(("inferred",) if slug == "wrong-scheme" else ()))
        yield book.make(
            operation,
            slug,
            f"{text} is refused with {entry.status} {entry.code or ''}".strip() + ".",
            "refuses_credentials",
            basis=basis,
            source=str(refusal.source or entry.source or ""),
            data={"kind": slug, "error": refusal.error},
            order=20,
        )
    yield from _never_let_in(book, operation)


def _never_let_in(book: Book, operation: Operation) -> Iterator[Requirement]:
    """That credentials are needed is surer than what their absence is answered with."""
    scheme = operation.security[0]
    refusal = operation.refusal("unauthenticated")
    entry = book.contract.errors.get(refusal.error or "") if refusal else None
    if refusal and entry and weakest(refusal.basis, entry.basis, scheme.basis) == scheme.basis:
        return
    response = operation.responses.get(str(entry.status)) if entry else None
    status = entry.status if entry and response and response.basis == scheme.basis else None
    yield book.make(
        operation,
        "needs-credential",
        f"Without a valid credential nobody gets in: {status}, whatever it says."
        if status
        else "Without a valid credential nobody gets in, whatever the answer is (4xx).",
        "refuses_credentials",
        basis=scheme.basis,
        source=scheme.source,
        data={"kind": "any", "error": None, "status": status},
        order=20,
    )


def _roles(book: Book, operation: Operation, scheme: SecurityScheme) -> Iterator[Requirement]:
    refusal = operation.refusal("forbidden")
    for role in scheme.roles.values():
        if role.may_call(operation.id):
            yield from _members(book, operation, role.name, role.refuses)
            if len(scheme.roles) > 1:
                yield book.make(
                    operation,
                    f"role-{role.name}",
                    f"The role {role.name} may call this operation.",
                    "role_allowed",
                    data={"role": role.name},
                    needs=(f"role:{role.name}", f"success:{operation.id}"),
                    sends="reads" if operation.method == "GET" else "changes",
                )
        elif refusal is not None and refusal.error is not None:
            entry = book.contract.errors[refusal.error]
            yield book.make(
                operation,
                f"role-{role.name}",
                f"The role {role.name} may not call this operation: {entry.status} {entry.code or ''}".strip() + ".",
                "role_refused",
                basis=weakest(operation.basis, refusal.basis, entry.basis),
                source=str(refusal.source or entry.source or ""),
                data={"role": role.name, "error": refusal.error},
                needs=(f"role:{role.name}",),
            )


def _members(book: Book, operation: Operation, role: str, refuses: dict[str, tuple[str, ...]]) -> Iterator[Requirement]:
    body = operation.request_body
    if body is None:
        return
    known = next(iter(body.content.values())).schema.get("properties", {})
    doubts = {rule.error: rule.basis for rule in operation.refusals if rule.when == "violation" and rule.error}
    for error, names in refuses.items():
        members = [name for name in names if name in known]
        if not members:
            continue
        entry = book.contract.errors[error]
        yield book.make(
            operation,
            f"role-{role}-{_slug(error)}",
            f"The role {role} may not write {', '.join(members)}: {entry.status} {entry.code or ''}".strip() + ".",
            "role_members",
            basis=weakest(entry.basis, doubts.get(error, entry.basis)),
            source=entry.source,
            data={"role": role, "error": error, "members": members},
            needs=(f"role:{role}", f"success:{operation.id}"),
        )


def _slug(error: str) -> str:
    from conformance.requirements import kebab

    return kebab(error)


def wrong_authorizations(context: Context, kind: str, operation: Operation) -> list[str | None]:
    """Authorization header values that must not open anything; None stands for no header."""
    scheme = operation.security[0]
    basic_wrong = "Basic " + base64.b64encode(b"nobody:not-a-key").decode()
    credential = context.target.credentials.get(context.role_for(operation) or "")
    right = credential.authorization if credential else None
    if kind == "no-credential":
        return [None]
    if kind == "wrong-credential":
        if scheme.kind == "basic":
            user = credential.username if credential else "somebody"
            same_user = "Basic " + base64.b64encode(f"{user}:not-the-key".encode()).decode()
            return [basic_wrong, same_user, "Basic !!!"]
        return ["Bearer not-a-token", *([right[:-1]] if right else [])]
    if kind == "wrong-scheme":
        return ["Bearer not-a-token"] if scheme.kind == "basic" else [basic_wrong, *_bare(right)]
    return [None, *wrong_authorizations(context, "wrong-credential", operation)]


def _bare(right: str | None) -> list[str]:
    return [right.split(" ", 1)[1]] if right else []


def refuses_credentials(context: Context, requirement: Requirement) -> None:
    """Without the right credential the answer is exactly the catalogue's, and nothing is done."""
    assert requirement.operation is not None
    operation = context.contract.operations[requirement.operation]
    if context.role_for(operation) is None:
        raise Skip("the target has no credentials, so that nobody can be told from anybody")
    if operation.method != "DELETE":
        context.need_success(operation.id)
    body = valid_body(context, operation.id)
    path = _harmless_path(context, operation)
    for value in wrong_authorizations(context, requirement.data["kind"], operation):
        send = partial(context.call, operation.id, path=path, body=body, role=None, authorization=value)
        exchange: Exchange = context.once(("authorization", operation.id, value), send)
        context.case()
        told = "without a credential" if value is None else f"with {value.split(' ')[0]} …"
        cause = f"{operation.id} let in {requirement.data['kind']}" if exchange.ok else f"{requirement.data['kind']}"
        if requirement.data["error"] is None:
            _expect_refusal(context, exchange, told, requirement.data["status"], cause)
        else:
            context.expect_error(
                exchange, requirement.data["error"], f"A request {told} is not refused as it must be", cause=cause
            )


def _expect_refusal(context: Context, exchange: Exchange, told: str, status: int | None, cause: str) -> None:
    if exchange.status != status if status else not 400 <= exchange.status < 500:
        context.fail(
            f"A request {told} is not refused" + (f" with {status}." if status else "."),
            expected=str(status) if status else "4xx",
            actual=str(exchange.status),
            exchanges=(exchange,),
            cause=cause,
        )


def _harmless_path(context: Context, operation: Operation) -> dict[str, str] | None:
    """For a deletion, an object that may be deleted: a faulty server might carry it out."""
    if operation.method != "DELETE":
        return None
    from conformance.checks.success import disposable

    return disposable(context, operation.id)


def role_refused(context: Context, requirement: Requirement) -> None:
    """A valid request by a role that may not make it is refused exactly as the catalogue says."""
    assert requirement.operation is not None
    operation = context.contract.operations[requirement.operation]
    role, error = requirement.data["role"], requirement.data["error"]
    if operation.method != "DELETE":
        context.need_success(operation.id)
    body = valid_body(context, operation.id)
    exchange = context.call(operation.id, path=_harmless_path(context, operation), body=body, role=role)
    context.case()
    context.expect_error(
        exchange, error, f"The role {role} is not refused as it must be", cause=f"{operation.id} role {role}"
    )


def role_allowed(context: Context, requirement: Requirement) -> None:
    """A valid request by a role that may make it succeeds."""
    assert requirement.operation is not None
    operation = context.contract.operations[requirement.operation]
    role = requirement.data["role"]
    handle = context.resource_written_by(operation.id)
    context.case()
    if handle is None:
        body = valid_body(context, operation.id)
        exchange = context.call(operation.id, role=role, path=_harmless_path(context, operation), body=body)
        context.expect_success(exchange, f"The role {role} is refused.")
        return
    with context.keep(handle):
        body = valid_body(context, operation.id)
        refused = _refused(context.contract, role)
        if isinstance(body, dict) and refused & set(body):
            raise Skip("the suite knows no member that this role may write")
        exchange = context.call(operation.id, path=handle.path, body=body, role=role)
    context.expect_success(exchange, f"The role {role} is refused.")


def _refused(contract: Contract, role: str) -> set[str]:
    for scheme in contract.security_schemes.values():
        if role in scheme.roles:
            return {name for names in scheme.roles[role].refuses.values() for name in names}
    return set()


def role_members(context: Context, requirement: Requirement) -> None:
    """Each member that the role may not write is refused with the code for it, and nothing else."""
    assert requirement.operation is not None
    role, error = requirement.data["role"], requirement.data["error"]
    handle = context.resource_written_by(requirement.operation)
    operation = context.contract.operations[requirement.operation]
    if handle is None:
        raise Skip("the suite knows no object to write")
    for name in requirement.data["members"]:
        member = handle.members.get(name)
        values = handle.values(member, 1, context.random) if member else []
        if not values:
            continue
        with context.keep(handle):
            exchange = context.call(operation.id, path=handle.path, body={name: values[0]}, role=role)
        context.case()
        context.expect_error(
            exchange,
            error,
            f"{name} written by role {role} is not refused as it must be",
            cause=f"{operation.id} role {role} {error}",
        )


CHECKS = {
    "challenges": challenges,
    "refuses_credentials": refuses_credentials,
    "role_refused": role_refused,
    "role_allowed": role_allowed,
    "role_members": role_members,
}

"""The commented target file that `devicedouble target API` prints."""

from __future__ import annotations

import json

from conformance.api import Api, Fixture, Role


def render(api: Api, base_url: str) -> str:
    """A target file for `api` with every role, fixture, limit and capability, ready to be filled in."""
    parts = [
        f"# The server to check. Run: devicedouble check {api.id} --target THIS-FILE",
        '# A text "env:NAME" is read from the environment variable NAME: keep secrets there.',
        "# What is missing is skipped with the reason; nothing fails for want of a value here.",
        "",
        f'api = "{api.id}"',
        f'base_url = "{base_url}"     # what comes before the paths of the contract',
    ]
    for role in api.roles:
        parts += ["", *_credentials(api.id, role)]
    parts += ["", "[fixtures]   # objects on the server that the suite may read and change (and puts back)"]
    parts += [_fixture(fixture) for fixture in api.fixtures]
    parts += [
        "",
        "[limits]",
        "# requests_per_second = 5      # without it there is no pacing",
        "settle_seconds = 5             # how long asynchronous work may take",
        "",
        "[capabilities]   # what the suite may do on this server; false = skipped, with this as the reason",
    ]
    for capability in api.capabilities:
        parts.append(f"{capability.name} = {json.dumps(capability.default)}     # {capability.text}")
    return "\n".join(parts) + "\n"


def _credentials(api: str, role: Role) -> list[str]:
    variable = f"{api}_{role.name}".upper()
    head = f"[credentials.{role.name}]" + (f"   # {role.text}" if role.text else "")
    if role.kind == "token":
        return [head, f'token = "env:{variable}_TOKEN"']
    return [head, f'username = "{role.name}"', f'password = "env:{variable}_PASSWORD"']


def _fixture(fixture: Fixture) -> str:
    sample = fixture.example
    if sample is None:
        sample = {str: "", int: 1, list: [""]}[fixture.kind]
    optional = " (optional)" if fixture.optional else ""
    return f"# {fixture.name} = {json.dumps(sample)}     # {fixture.text}{optional}"

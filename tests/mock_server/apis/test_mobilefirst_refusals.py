"""What MobileFirst refuses: roles, payloads, what does not exist; in the language that `locale` asks for."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.apis.mobilefirst.messages import MESSAGES, translate
from openapi.contract import load
from tests.mock_server.apis.mobilefirst_support import APPLICATION, DEVICE, ROLES, RUNTIME, devices
from tests.support import Client

MISSING_RUNTIME = RUNTIME.replace("myruntime", "no-such-runtime")
READS = [f"{RUNTIME}/devices", f"{RUNTIME}/transactions", f"{RUNTIME}/transactions/1", f"{RUNTIME}/lock"]
WRITES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("PUT", DEVICE, {"status": "LOST"}),
    ("PUT", APPLICATION, {"status": "DISABLED"}),
    ("DELETE", DEVICE, None),
]


@pytest.fixture
def client(double: Callable[..., Client]) -> Client:
    """An administrator."""
    return double("mobilefirst", auth=("admin", "admin"))


def main_message(answer: Any) -> str:
    """The first message of a refusal."""
    assert answer.json()["productVersion"] == "8.0"
    return str(answer.json()["errors"][0]["details"])


@pytest.mark.parametrize("user", ROLES)
@pytest.mark.parametrize("path", READS)
def test_every_role_may_read(path: str, user: str, double: Callable[..., Client]) -> None:
    assert double("mobilefirst", auth=(user, ROLES[user])).get(path).status_code == 200


@pytest.mark.parametrize("user", ["admin", "deployer", "demouser"])
@pytest.mark.parametrize(("method", "path", "payload"), WRITES)
def test_three_roles_may_write_and_are_named_in_the_transaction(
    method: str, path: str, payload: Any, user: str, double: Callable[..., Client]
) -> None:
    answer = double("mobilefirst", auth=(user, ROLES[user])).request(method, path, json=payload)
    assert (answer.status_code, answer.json()["transaction"]["userName"]) == (200, user)


@pytest.mark.parametrize(("method", "path", "payload"), WRITES)
def test_the_monitor_may_not_write(method: str, path: str, payload: Any, double: Callable[..., Client]) -> None:
    client = double("mobilefirst", auth=("monitor", "monitor"))
    before = devices(client)
    answer = client.request(method, path, json=payload)
    assert (answer.status_code, main_message(answer)) == (403, "The user is not authorized to call this service.")
    assert devices(client) == before


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Basic",
        "Basic YWRtaW46d3Jvbmc=",
        "Basic bm9ib2R5Om5vYm9keQ==",
        "Basic ???",
        "Bearer admin",
        "Basic YWRtaW4=",
    ],
)
def test_without_a_right_user_and_password_it_is_401_and_basic_is_asked_for(
    authorization: str | None, double: Callable[..., Client]
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    client = double("mobilefirst", headers=headers)
    for method, path, payload in [*WRITES, ("GET", READS[0], None)]:
        answer = client.request(method, path, json=payload)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Basic realm="MobileFirst"')


@pytest.mark.parametrize("path", [DEVICE, APPLICATION])
@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        '"LOST"',
        "7",
        "{}",
        '{"status": "GONE"}',
        '{"status": "lost"}',
        '{"status": " LOST"}',
        '{"status": null}',
        '{"status": ["LOST"]}',
        '{"status": 1}',
        '{"Status": "LOST"}',
        '{"status": "LOST",}',
        '{"status": "LOST"',
        '{"status": "LOST", "status": "LOST"}',
        '{"status": "LOST", "x": NaN}',
        "<status>LOST</status>",
    ],
)
def test_an_invalid_payload_is_400_and_changes_nothing(content: str, path: str, client: Client) -> None:
    before = devices(client)
    answer = client.put(path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert main_message(answer) == "FWLSE3051E: Invalid payload. See additional messages for details."
    assert devices(client) == before


def test_a_refusal_says_in_its_second_message_what_is_wrong(client: Client) -> None:
    answer = client.put(DEVICE, json={"status": "GONE"})
    assert answer.json()["errors"][1] == {"details": "status must be one of ACTIVE, LOST, STOLEN, EXPIRED, DISABLED"}


def test_the_statuses_of_devices_are_none_of_applications_and_the_reverse(client: Client) -> None:
    assert client.put(APPLICATION, json={"status": "LOST"}).status_code == 400
    assert client.put(DEVICE, json={"status": "ENABLED"}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "payload"),
    [
        ("PUT", f"{MISSING_RUNTIME}/devices/12345-6789", {"status": "LOST"}),
        ("PUT", f"{MISSING_RUNTIME}/devices/12345-6789/applications/com.example.app", {"status": "DISABLED"}),
        ("DELETE", f"{MISSING_RUNTIME}/devices/12345-6789", None),
        ("GET", f"{MISSING_RUNTIME}/devices", None),
        ("GET", f"{MISSING_RUNTIME}/transactions", None),
        ("GET", f"{MISSING_RUNTIME}/transactions/1", None),
        ("GET", f"{MISSING_RUNTIME}/lock", None),
    ],
)
def test_an_unknown_runtime_is_404_and_named(method: str, path: str, payload: Any, client: Client) -> None:
    answer = client.request(method, path, json=payload)
    assert answer.status_code == 404
    assert main_message(answer) == (
        'FWLSE3030E: The runtime "no-such-runtime" does not exist in the MobileFirst administration database. '
        "The database may be corrupted."
    )


@pytest.mark.parametrize(
    ("method", "path", "payload"),
    [
        ("PUT", "devices/no-such-device", {"status": "LOST"}),
        ("PUT", "devices/no-such-device/applications/com.example.app", {"status": "DISABLED"}),
        ("DELETE", "devices/no-such-device", None),
        ("PUT", "devices/dc74c0d6-f893-4c67-9b55-db9b82424126", {"status": "LOST"}),
        ("GET", "transactions/0", None),
        ("GET", "transactions/-1", None),
        ("GET", "transactions/13", None),
        ("GET", "transactions/99999999999999999999999", None),
        ("GET", "transactions/first", None),
    ],
)
def test_an_unknown_device_or_transaction_is_404(method: str, path: str, payload: Any, client: Client) -> None:
    answer = client.request(method, f"{RUNTIME}/{path}", json=payload)
    assert (answer.status_code, main_message(answer)) == (404, "FWLSE3002E: The resource is not found.")


def test_an_application_that_is_not_on_the_device_is_404(client: Client) -> None:
    answer = client.put(f"{DEVICE}/applications/com.example.none", json={"status": "DISABLED"})
    assert answer.status_code == 404
    assert main_message(answer).startswith('FWLSE3034E: The application "com.example.none" for the runtime "myruntime"')


def test_a_stopped_runtime_lists_no_devices(client: Client) -> None:
    client.world.plant("mobilefirst", "runtimes", "myruntime", {"name": "myruntime", "running": False})
    assert client.get(f"{RUNTIME}/devices").status_code == 404
    assert client.get(f"{RUNTIME}/transactions").status_code == 200


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("devices", "pageSize=0"),
        ("devices", "pageSize=-1"),
        ("devices", "pageSize=ten"),
        ("devices", "orderBy=colour"),
        ("devices", "orderBy=--uid"),
        ("devices", "pageSize=1&pageSize=2"),
        ("transactions", "orderBy=uid"),
        ("transactions", "offset=-1"),
        ("transactions", "file=yes"),
        ("transactions", "file=TRUE"),
    ],
)
def test_an_impossible_parameter_is_400(path: str, query: str, client: Client) -> None:
    answer = client.get(f"{RUNTIME}/{path}?{query}")
    assert answer.status_code == 400
    assert main_message(answer) == "FWLSE3053E: Invalid parameters. See additional messages for details."


@pytest.mark.parametrize("value", ["maybe", "TRUE", "1", ""])
def test_async_is_true_or_false_and_nothing_else(value: str, client: Client) -> None:
    assert client.put(f"{DEVICE}?async={value}", json={"status": "LOST"}).status_code == 400


@given(mark=st.text(max_size=30))
def test_a_bookmark_that_no_page_has_named_is_404(mark: str, server: Any) -> None:
    with server.client("mobilefirst", auth=("admin", "admin")) as client:
        answer = client.get(f"{RUNTIME}/transactions", params={"bookmark": mark})
        assert answer.status_code == (404 if mark else 200)
        server.double.worlds.delete(client.world.name)


def test_a_bookmark_of_one_list_is_none_of_another(client: Client) -> None:
    mark = client.get(f"{RUNTIME}/devices").json()["nextPageBookmark"]
    assert client.get(f"{RUNTIME}/transactions", params={"bookmark": mark}).status_code == 404


@pytest.mark.parametrize(
    ("locale", "message"),
    [
        ("en", "FWLSE3002E: The resource is not found."),
        ("en_US", "FWLSE3002E: The resource is not found."),
        ("de", "FWLSE3002E: Die Ressource wurde nicht gefunden."),
        ("de_DE", "FWLSE3002E: Die Ressource wurde nicht gefunden."),
        ("de-AT", "FWLSE3002E: Die Ressource wurde nicht gefunden."),
        ("fr_FR", "FWLSE3002E: La ressource est introuvable."),
        ("es_ES", "FWLSE3002E: No se ha encontrado el recurso."),
        ("pt_BR", "FWLSE3002E: O recurso não foi localizado."),
        ("ja_JP", "FWLSE3002E: The resource is not found."),
        ("", "FWLSE3002E: The resource is not found."),
        ("nonsense", "FWLSE3002E: The resource is not found."),
    ],
)
def test_the_locale_chooses_the_language_of_errors(locale: str, message: str, client: Client) -> None:
    answer = client.delete(f"{RUNTIME}/devices/no-such-device", params={"locale": locale})
    assert (answer.status_code, main_message(answer)) == (404, message)


def test_the_language_reaches_errors_of_paths_methods_and_xml_too(client: Client) -> None:
    nowhere = client.get(f"{RUNTIME}/nowhere?locale=de")
    assert (nowhere.status_code, main_message(nowhere)) == (404, "FWLSE3002E: Die Ressource wurde nicht gefunden.")
    post = client.post(f"{RUNTIME}/lock?locale=fr")
    assert (post.status_code, main_message(post)) == (405, "Le chemin n'admet pas cette méthode.")
    answer = client.put(f"{DEVICE}?locale=es", json={}, headers={"Accept": "application/xml"})
    root = ElementTree.fromstring(answer.content)
    assert (answer.status_code, answer.headers["content-type"], root.tag) == (400, "application/xml", "error-result")
    assert root[0][0].attrib["details"].startswith("FWLSE3051E: Carga útil no válida.")


def test_what_names_the_mistake_is_english_in_every_language_as_the_contract_says(client: Client) -> None:
    answer = client.put(f"{DEVICE}?locale=de", json={"status": "GONE"})
    main, added = [error["details"] for error in answer.json()["errors"]]
    assert main.startswith("FWLSE3051E: Ungültige Nutzdaten.")
    assert added == "status must be one of ACTIVE, LOST, STOLEN, EXPIRED, DISABLED"
    for operation in load("mobilefirst").operations.values():
        locale = operation.parameter("query", "locale")
        assert locale is not None
        assert "which names the mistake" in " ".join(locale.raw["description"].split())


def test_every_message_of_the_contract_is_there_in_every_language() -> None:
    errors = load("mobilefirst").errors
    for language, messages in MESSAGES.items():
        assert messages.keys() == errors.keys(), language
        for name, message in messages.items():
            assert message != errors[name].message
            assert message.partition(":")[0] == (errors[name].code or message.partition(":")[0])
            assert ("{runtime_name}" in message) == ("{runtime_name}" in errors[name].message)
            assert translate(name, "", {"locale": [language]}) == message


def test_an_accept_header_without_json_or_xml_is_406(client: Client) -> None:
    for accept in ("text/html", "application/json;q=0, application/xml;q=0, text/xml;q=0", "image/*"):
        answer = client.get(f"{RUNTIME}/lock", headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (406, "application/json")


@pytest.mark.parametrize("media_type", ["application/xml", "text/xml", "application/json"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("POST", f"{RUNTIME}/lock", 405), ("GET", DEVICE, 405)],
    ids=["no path", "no method", "no reading of a device"],
)
def test_errors_of_paths_and_methods_come_in_the_media_type_that_is_accepted(
    method: str, path: str, status: int, media_type: str, client: Client
) -> None:
    answer = client.request(method, path, headers={"Accept": f"{media_type}, text/html;q=0.9"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, media_type)
    if media_type.endswith("xml"):
        assert ElementTree.fromstring(answer.content).tag == "error-result"
    else:
        assert answer.json()["errors"]


def test_errors_of_paths_are_json_where_nothing_declared_is_accepted(client: Client) -> None:
    answer = client.get("/nowhere", headers={"Accept": "image/png"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")

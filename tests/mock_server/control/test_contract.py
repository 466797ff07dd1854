"""The control plane's contract and what serves it."""

from pathlib import Path

import yaml
from openapi_spec_validator import validate

from mock_server.app import Double
from mock_server.control.app import operations
from mock_server.control.context import CONTRACT, Context
from openapi.contract import load
from tests.mock_server.control.conftest import Caller


def test_every_operation_of_the_contract_has_a_function_and_no_function_is_left_over(app: Double) -> None:
    served = operations(Context(app.worlds, app.apis, app.settings))
    assert served.keys() == load(str(CONTRACT)).operations.keys()


def test_the_contract_is_valid() -> None:
    validate(yaml.safe_load(Path(CONTRACT).read_text()))


def test_the_documentation_that_the_contract_leads_to_is_there() -> None:
    url = yaml.safe_load(Path(CONTRACT).read_text())["externalDocs"]["url"]
    root, found, path = url.partition("/blob/main/")
    assert (root, found) == ("https://github.com/devicedouble/devicedouble", "/blob/main/")
    page = Path(__file__).parents[3] / path
    assert page.read_text().startswith("# The double in your tests\n")


def test_the_contract_and_its_documentation_are_served(call: Caller) -> None:
    written = yaml.safe_load(Path(CONTRACT).read_text())
    assert call("GET", "/_mock/openapi.json").json() == written
    assert yaml.safe_load(call("GET", "/_mock/openapi.yaml").text) == written
    page = call("GET", "/_mock/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "/_mock/openapi.json" in page.text
    assert call("GET", "/_mock/docs/swagger-ui.css").status_code == 200
    assert call("GET", "/_mock/openapi.txt").status_code == 404


def test_the_root_leads_to_the_console(call: Caller) -> None:
    answer = call("GET", "/_mock")
    assert answer.is_redirect
    assert answer.headers["location"].endswith("/_mock/console/")

"""The description of the API is valid, says what is there, and what is there does what it says: fuzzed from it."""

import contextlib
import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis.specs.openapi import checks

from admin_core.api.problems import ABOUT
from tests.journeys.api.programs import ROOT, SCOPES, SENT, Program, api_of, program
from tests.journeys.site import Site

EXAMPLES = int(os.environ.get("ADMIN_PROOF_EXAMPLES", "15"))
"""Of each operation and kind of request; the proof asks for more."""
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def description(site: Site) -> dict[str, Any]:
    answer = site.app.test_client(use_cookies=False).get(f"{ROOT}/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def test_the_description_is_valid_openapi(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    validate(description)


def test_every_operation_is_described_with_its_scope(site: Site, description: dict[str, Any]) -> None:
    ours = [offered for offered in api_of(site).offered if offered.route.protocol is None]
    for offered in ours:
        words = description["paths"][ROOT + offered.route.path][offered.route.method.lower()]
        open_to_all = [{}] if offered.route.public_for_s else []
        assert words["security"] == [{"key": [offered.route.scope] if offered.route.scope else []}, *open_to_all]
        assert words["summary"] == offered.route.summary
        assert {"401", "403", "429"} < set(words["responses"])
    assert set(description["x-scopes"]) == {*SCOPES, *SENT}


def test_operations_of_a_protocol_are_described_by_its_own_documents(description: dict[str, Any]) -> None:
    assert all(path.startswith(f"{ROOT}/") for path in description["paths"])


def test_names_are_unique_and_parameters_are_never_null(description: dict[str, Any]) -> None:
    operations = [words for methods in description["paths"].values() for words in methods.values()]
    assert len({words["operationId"] for words in operations}) == len(operations)
    for words in operations:
        for parameter in words["parameters"]:
            assert {"type": "null"} not in parameter["schema"].get("anyOf", [])


def test_the_description_needs_no_key_may_be_kept_and_read_by_any_page(site: Site) -> None:
    client = site.app.test_client(use_cookies=False)
    answer = client.get(f"{ROOT}/openapi.json", headers={"Origin": "https://tools.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "public" in answer.headers["Cache-Control"]
    again = client.get(f"{ROOT}/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.fixture(scope="module")
def caller(site: Site) -> Program:
    return program(site, *SCOPES, *SENT, rate_per_minute=100_000)


@pytest.fixture(scope="module")
def described(site: Site) -> Any:
    return schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", site.app)


MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@pytest.mark.parametrize("mode", MODES)
def test_no_request_made_from_the_description_is_answered_otherwise_than_described(
    described: Any, caller: Program, mode: schemathesis.GenerationMode
) -> None:
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) >= 6
    for operation in operations:
        with contextlib.suppress(Unsatisfiable):  # an operation without parameters knows no wrong request
            fuzz(operation, caller, mode)


def fuzz(operation: Any, caller: Program, mode: schemathesis.GenerationMode) -> None:
    """Send requests of one kind to one operation. Not by Schemathesis' pytest plugin: it does not know this pytest."""

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {caller.key.text}"})
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            assert answer.json()["type"].startswith(ABOUT)
            assert answer.json()["detail"]

    send()

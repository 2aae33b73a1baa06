"""What ``/api/v1`` understands, and how it refuses the rest: a problem with a sentence and a pointer, never a 5xx."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from schema.ai import AiDecision
from tests.journeys.api.programs import (
    Program,
    refused,
)
from tests.journeys.site import Site


def test_feedback_is_stored_for_the_customer_of_its_decision_and_shown(
    site: Site, writer: Program, reader: Program, owner: FlaskClient, decision: AiDecision
) -> None:
    sent = {
        "decision_id": str(decision.id),
        "helpful": False,
        "rating": 2,
        "comment": "Zu streng 🙂",
        "reason_codes": ["too_strict"],
    }
    answer = writer.post("/feedback", sent, uuid4().hex)
    assert answer.status_code == 201, answer.text
    found = reader.get(f"/feedback/{(answer.json or {})['id']}").json or {}
    assert {name: found[name] for name in sent} == sent
    assert found["customer_id"] == str(decision.customer_id)
    assert found["source"] == "api"
    assert 'href="/admin/data/decision_feedback/"' in owner.get("/admin/").text
    assert "Zu streng" in owner.get("/admin/data/decision_feedback/").text


NOBODY = "01981c3e-0000-7000-8000-00000000abcd"
BAD_BODIES: tuple[tuple[Any, int, str, str], ...] = (
    ({}, 422, "invalid", ""),
    ({"helpful": True}, 422, "invalid", ""),
    ({"feature": "x"}, 422, "invalid", ""),
    ({"feature": "x", "rating": 6}, 422, "invalid", "/rating"),
    ({"feature": "x", "rating": "5"}, 422, "invalid", "/rating"),
    ({"feature": "x", "rating": 4.5}, 422, "invalid", "/rating"),
    ({"feature": "x", "helpful": "yes"}, 422, "invalid", "/helpful"),
    ({"feature": "x", "helpful": 1}, 422, "invalid", "/helpful"),
    ({"feature": "X Y", "helpful": True}, 422, "invalid", "/feature"),
    ({"feature": "x", "helpful": True, "a/b~c": 1}, 422, "invalid", "/a~1b~0c"),
    ({"feature": "x", "helpful": True, "comment": "a\0b"}, 422, "invalid", "/comment"),
    ({"feature": "x", "helpful": True, "comment": "a" * 2_001}, 422, "invalid", "/comment"),
    ({"feature": "x", "helpful": True, "reason_codes": ["ok", "no no"]}, 422, "invalid", "/reason_codes/1"),
    ({"decision_id": "x", "helpful": True}, 422, "invalid", "/decision_id"),
    ({"decision_id": NOBODY, "helpful": True}, 422, "invalid", "/decision_id"),
    ([], 422, "invalid", ""),
    ("x", 422, "invalid", ""),
    (None, 422, "invalid", ""),
)


@pytest.mark.parametrize(("body", "status", "kind", "pointer"), BAD_BODIES)
def test_a_wrong_value_is_named_with_its_pointer(
    writer: Program, body: Any, status: int, kind: str, pointer: str
) -> None:
    answer = writer.post("/feedback", None, uuid4().hex, data=json.dumps(body), content_type="application/json")
    problem = refused(answer, status, kind)
    assert pointer in [wrong["pointer"] for wrong in problem["errors"]]


MALFORMED: tuple[tuple[bytes, str, int, str], ...] = (
    (b"", "application/json", 400, "malformed-json"),
    (b"{", "application/json", 400, "malformed-json"),
    (b"\xff\xfe", "application/json", 400, "malformed-json"),
    (b'{"rating": NaN}', "application/json", 400, "malformed-json"),
    (b'{"rating": 1, "rating": 2}', "application/json", 400, "malformed-json"),
    (b"[" * 16_000, "application/json", 400, "malformed-json"),
    (b"[" * 40 + b"]" * 40, "application/json", 400, "malformed-json"),
    (b'{"rating":' + b"9" * 5_000 + b"}", "application/json", 400, "malformed-json"),
    (b'{"feature":"x","helpful":true,"comment":"\\ud800"}', "application/json", 422, "invalid"),
    (b'{"feature":"x","rating":1e999}', "application/json", 422, "invalid"),
    (b"a" * 16_385, "application/json", 413, "too-large"),
    (b"a=b", "application/x-www-form-urlencoded", 415, "wrong-content-type"),
    (b"{}", "", 415, "wrong-content-type"),
    (b"{}", "text/plain", 415, "wrong-content-type"),
)


@pytest.mark.parametrize(("body", "content_type", "status", "kind"), MALFORMED)
def test_a_body_that_cannot_be_read_is_refused(
    writer: Program, body: bytes, content_type: str, status: int, kind: str
) -> None:
    refused(writer.post("/feedback", None, uuid4().hex, data=body, content_type=content_type), status, kind)


def test_a_body_in_chunks_is_not_cut_at_the_limit(writer: Program) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"feature":"x","helpful":true}'
        yield b" " * 20_000

    stream = BytesIO(b"".join(chunks()))
    answer = writer.post(
        "/feedback",
        None,
        uuid4().hex,
        input_stream=stream,
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    refused(answer, 413, "too-large")


def test_a_compressed_body_is_refused_by_name(writer: Program) -> None:
    answer = writer.post("/feedback", {}, uuid4().hex, headers={"Content-Encoding": "gzip"})
    refused(answer, 415, "wrong-content-encoding")


QUERIES: tuple[tuple[str, str], ...] = (
    ("limit=0", "limit"),
    ("limit=101", "limit"),
    ("limit=ten", "limit"),
    ("limit=1&limit=2", "limit"),
    ("limits=1", "limits"),
    ("decision_id=x", "decision_id"),
    ("helpful=perhaps", "helpful"),
    ("since=yesterday", "since"),
    ("since=2026-01-01T00:00:00", "since"),
    ("helpful=%00", "helpful"),
    ("%00=1", "?"),
)


@pytest.mark.parametrize(("query", "name"), QUERIES)
def test_a_wrong_parameter_is_named(reader: Program, query: str, name: str) -> None:
    problem = refused(reader.get(f"/feedback?{query}"), 422, "invalid")
    assert name in [wrong["pointer"] for wrong in problem["errors"]]


@pytest.mark.parametrize("text", ["x", "%00", "1", "..%2F", NOBODY, NOBODY.upper(), "%F0%9F%92%A9"])
def test_what_is_no_record_is_not_found(reader: Program, text: str) -> None:
    refused(reader.get(f"/feedback/{text}"), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "", 404, "not-found"),
        ("GET", "/nope", 404, "not-found"),
        ("POST", "/key", 405, "method-not-allowed"),
        ("DELETE", "/feedback", 405, "method-not-allowed"),
        ("PUT", "/feedback/x", 405, "method-not-allowed"),
        ("POST", "/nope", 404, "not-found"),
        ("TRACE", "/key", 405, "method-not-allowed"),
    ],
)
def test_unknown_addresses_and_methods_are_problems_too(
    reader: Program, method: str, path: str, status: int, kind: str
) -> None:
    answer = reader.call(method, path)
    refused(answer, status, kind)
    if status == 405:
        assert "OPTIONS" in answer.headers["Allow"]


def test_a_get_takes_no_body(reader: Program) -> None:
    refused(reader.get("/feedback", json={"limit": 1}), 400, "no-body-taken")

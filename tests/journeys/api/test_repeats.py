"""Requests sent twice: one effect, one answer, however closely they follow each other."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from admin_core.api.repeats import KEPT
from schema.api import IdempotencyKey
from schema.reviews import DecisionFeedback
from tests.journeys.api.programs import Program, ago, program
from tests.journeys.site import Site


@pytest.fixture
def writer(site: Site) -> Program:
    return program(site, "feedback:write")


def body() -> dict[str, Any]:
    return {"feature": f"f_{uuid4().hex}", "helpful": True, "comment": "Nomsa says thanks"}


def stored(site: Site, sent: dict[str, Any]) -> int:
    with site.machine.database.sessions() as session:
        wanted = select(func.count()).select_from(DecisionFeedback).where(DecisionFeedback.feature == sent["feature"])
        return session.scalars(wanted).one()


def test_a_repeat_gets_the_same_answer_and_has_no_effect(site: Site, writer: Program) -> None:
    sent, repeat = body(), uuid4().hex
    first, second = (writer.post("/feedback", sent, repeat) for _ in range(2))
    assert (first.status_code, first.text) == (second.status_code, second.text)
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert stored(site, sent) == 1


def test_fifty_at_once_have_one_effect(site: Site, writer: Program) -> None:
    sent, repeat = body(), uuid4().hex
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: writer.post("/feedback", sent, repeat), range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert stored(site, sent) == 1


def test_another_request_under_the_same_key_is_refused(site: Site, writer: Program) -> None:
    repeat, other = uuid4().hex, body()
    assert writer.post("/feedback", body(), repeat).status_code == 201
    answer = writer.post("/feedback", other, repeat)
    assert answer.status_code == 422
    assert (answer.json or {})["type"] == "urn:problem-type:idempotency-key-reused"
    assert stored(site, other) == 0


def test_a_refusal_is_not_kept_and_the_mended_request_may_use_the_key(site: Site, writer: Program) -> None:
    sent, repeat = body(), uuid4().hex
    assert writer.post("/feedback", {**sent, "decision_id": str(uuid4())}, repeat).status_code == 422
    assert writer.post("/feedback", sent, repeat).status_code == 201
    assert stored(site, sent) == 1


def test_two_programs_may_use_the_same_key(site: Site, writer: Program) -> None:
    sent, repeat, other = body(), uuid4().hex, program(site, "feedback:write")
    assert [caller.post("/feedback", sent, repeat).status_code for caller in (writer, other)] == [201, 201]
    assert stored(site, sent) == 2


def test_after_a_day_the_key_is_free_again(site: Site, writer: Program) -> None:
    sent, repeat = body(), uuid4().hex
    writer.post("/feedback", sent, repeat)
    with site.machine.database.transaction() as session:
        session.execute(update(IdempotencyKey).values(expires_at=IdempotencyKey.expires_at - KEPT))
    other = body()
    assert writer.post("/feedback", other, repeat).status_code == 201
    assert writer.post("/feedback", other, repeat).headers["Idempotency-Replayed"] == "true"
    assert (stored(site, sent), stored(site, other)) == (1, 1)


def test_what_is_kept_says_nothing_without_the_secret_key(site: Site, writer: Program) -> None:
    sent, repeat = body(), f"nomsa@example.com-{uuid4().hex}"
    answer = writer.post("/feedback", sent, repeat)
    with site.machine.database.sessions() as session:
        newest = (
            select(IdempotencyKey)
            .where(IdempotencyKey.created_at > ago(minutes=1))
            .order_by(IdempotencyKey.created_at.desc())
        )
        row = session.scalars(newest.limit(1)).one()
    assert row.status_code == 201
    assert (answer.json or {})["id"] not in (row.answer or b"").decode()
    assert "nomsa" not in row.key


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (None, "idempotency-key-missing"), ("", "idempotency-key-malformed"), ("a" * 201, "idempotency-key-malformed"),
        ("with space", "idempotency-key-malformed"), ("\xe9", "idempotency-key-malformed"),
    ],
)  # fmt: skip
def test_a_missing_or_malformed_key_is_explained(writer: Program, header: str | None, kind: str) -> None:
    answer = writer.call(
        "POST", "/feedback", json=body(), headers={} if header is None else {"Idempotency-Key": header}
    )
    assert answer.status_code == 400
    assert (answer.json or {})["type"] == f"urn:problem-type:{kind}"

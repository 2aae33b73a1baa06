"""Pages of the API: whatever the rows, every one comes once and in order; a cursor serves its own list only."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from admin_core.api.calls import Call, person_of
from admin_core.api.key_store import Key
from admin_core.api.models import PageQuery
from admin_core.api.problems import Problem
from admin_core.ciphers import Cipher
from admin_core.contributions import ApiRoute
from admin_core.effects import JobEffects
from admin_core.generator.registry import Registry
from admin_core.jobs.enqueue import Origin
from admin_core.policy import PolicySession, Refused
from plugins.ai_quality.views.feedback import Feedback, FeedbackQuery, feedback_of
from schema.base import Base
from schema.reviews import DecisionFeedback
from tests.running import idle_machine

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
ROUTE = ApiRoute(
    method="GET", path="/feedback", summary="List", run="x.y", reads=("decision_feedback",), sees=("identity",),
    personal="decision_feedback",
)  # fmt: skip
KEY = Key(
    UUID(int=1),
    "App",
    "hia_test",
    frozenset(),
    (),
    600,
    browser=False,
    origins=frozenset(),
    expires_at=None,
    revoked_at=None,
)
MACHINE = idle_machine()
REGISTRY, CIPHER = Registry.of(Base), Cipher(["k" * 40])


@pytest.fixture
def call(session: Session) -> Iterator[Call]:
    person = person_of(KEY, ROUTE)
    with PolicySession(session.connection(), person=person, join_transaction_mode="create_savepoint") as own:  # type: ignore[arg-type]
        effects = JobEffects(own, MACHINE, Origin())
        yield Call(own, KEY, person, NOW, ROUTE, REGISTRY, CIPHER, effects)


def page(call: Call, query: PageQuery) -> tuple[list[UUID], str | None]:
    found = call.page("decision_feedback", [], query, feedback_of, newest="given_at")
    assert all(isinstance(item, Feedback) for item in found.items)
    cursor = dict(parse_qsl(urlsplit(found.next or "").query)).get("cursor")
    return [item.id for item in found.items], cursor


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seconds=st.lists(st.integers(0, 3), max_size=12), limit=st.integers(1, 5))
def test_every_row_comes_once_and_in_order(call: Call, seconds: list[int], limit: int) -> None:
    with call.session.begin_nested() as undone:
        rows = [
            DecisionFeedback(id=uuid4(), given_at=NOW + timedelta(seconds=s), feature="x", helpful=True)
            for s in seconds
        ]
        call.session.add_all(rows)
        call.session.flush()
        seen, cursor = page(call, PageQuery(limit=limit))
        while cursor:
            more, cursor = page(call, PageQuery(limit=limit, cursor=cursor))
            assert more
            seen += more
        assert seen == [row.id for row in sorted(rows, key=lambda row: (row.given_at, row.id), reverse=True)]
        undone.rollback()


@given(st.text(max_size=200))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_made_up_cursor_is_refused_in_words(call: Call, cursor: str) -> None:
    with pytest.raises(Problem) as caught:
        page(call, PageQuery(cursor=cursor or "x"))
    assert (caught.value.status, caught.value.kind) == (400, "cursor-invalid")


def test_a_cursor_serves_its_own_route_and_filters_only(call: Call) -> None:
    call.session.add_all([DecisionFeedback(feature="x", helpful=True) for _ in range(2)])
    call.session.flush()
    _, cursor = page(call, FeedbackQuery(limit=1, helpful=True))
    assert page(call, FeedbackQuery(limit=2, helpful=True, cursor=cursor))[0]
    other = replace(call, route=replace(ROUTE, path="/elsewhere"))
    for where, query in ((call, FeedbackQuery(cursor=cursor)), (other, FeedbackQuery(helpful=True, cursor=cursor))):
        with pytest.raises(Problem):
            page(where, query)


def test_a_route_reads_what_it_declares_and_nothing_else(call: Call) -> None:
    with pytest.raises(Refused):
        call.page("customers", [], PageQuery(), feedback_of, newest="created_at")
    with pytest.raises(Refused):
        call.require("create", "decision_feedback")

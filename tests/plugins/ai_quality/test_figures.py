"""Accuracy over reviews made for it. It is noon on 5 March 2026."""

from datetime import UTC, datetime, timedelta

from admin_core.periods import Period
from admin_core.policy import PolicySession
from plugins.ai_quality.views import figures
from schema.ai import AiDecision
from schema.reviews import HumanReview
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
MONTH = Period(NOW - timedelta(days=30), NOW)
BEFORE = Period(NOW - timedelta(days=60), NOW - timedelta(days=30))


def review(rows: CoreMaker, number: int, says: str = "shortlist", *, ago: int = 1, **decision: object) -> None:
    case = rows.add(AiDecision, external_id=f"case-{number}", **decision)
    rows.add(HumanReview, decision=case, recommendation=says, submitted_at=NOW - timedelta(days=ago))


def test_accuracy_is_agreement_with_blind_reviews_of_what_the_ai_said_itself(
    rows: CoreMaker, reading: PolicySession
) -> None:
    for number in range(4):
        review(rows, number, says="reject" if number == 0 else "shortlist")
    review(rows, 4, is_fallback=True, model_recommendation=None)
    review(rows, 5, rule_name="must-haves", rule_recommendation="shortlist")
    review(rows, 6, ago=40)
    case = rows.add(AiDecision, external_id="seen")
    rows.add(HumanReview, decision=case, blind=False, submitted_at=NOW)
    this, before, never = figures.accuracy(reading, [MONTH, BEFORE, Period(NOW, NOW + timedelta(days=1))])
    assert (this.amount, this.n, this.note) == (0.75, 4, "2 left out.")
    assert this.low is not None
    assert this.high is not None
    assert (round(this.low, 3), round(this.high, 3)) == (round(this.low, 3), round(this.high, 3))
    assert (float(round(this.low, 3)), float(round(this.high, 3))) == (0.301, 0.954)
    assert (before.amount, before.n) == (1, 1)
    assert (never.amount, never.note) == (None, "Nobody has reviewed blind in this time.")
    assert this.fresh_at == NOW - timedelta(days=1)
    drawn = figures.agreement(reading, MONTH)
    assert drawn.chart is not None
    assert {row[0]: row[1:] for row in drawn.chart.rows}["Shortlist"] == ("3", "", "")


def test_answers_that_are_none_are_a_share_of_all(rows: CoreMaker, reading: PolicySession) -> None:
    for number, words in enumerate(
        ({}, {"is_fallback": True, "model_recommendation": None}, {"parse_failed": True}, {})
    ):
        rows.add(
            AiDecision, external_id=f"d{number}", decided_at=NOW - timedelta(days=2), score=70 + 10 * number, **words
        )
    this, before = figures.unanswered(reading, [MONTH, BEFORE])
    assert (this.amount, this.n) == (0.5, 4)
    assert before.amount is None
    drawn = figures.scores(reading, MONTH)
    assert drawn.chart is not None
    assert [row[1] for row in drawn.chart.rows] == ["0"] * 7 + ["1", "1", "1", "1"]

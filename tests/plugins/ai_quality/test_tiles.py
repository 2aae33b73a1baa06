"""Accuracy over reviews made for it. It is noon on 5 March 2026."""

from datetime import UTC, datetime, timedelta

from admin_core.policy import PolicySession
from plugins.ai_quality.views import tiles
from schema.ai import AiDecision
from schema.reviews import HumanReview
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
PLAIN = str.maketrans("\u00a0\u2013", " -")


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
    tile = tiles.accuracy(reading, NOW)
    assert tile.value.translate(PLAIN) == "75,0 %"
    assert tile.note.translate(PLAIN) == "95 % interval 30,1-95,4 %, n = 4. 2 left out."
    assert tile.change.translate(PLAIN) == "-25,0 points"
    assert tile.fresh_at == NOW - timedelta(days=1)


def test_no_review_is_no_data(reading: PolicySession) -> None:
    assert tiles.accuracy(reading, NOW).value == "no data"

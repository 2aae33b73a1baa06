"""Use over decisions made for it. It is noon on 5 March 2026."""

from datetime import UTC, datetime

from admin_core.policy import PolicySession
from plugins.analytics import views
from schema.ai import AiDecision
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)


def test_a_month_of_cvs_begins_at_midnight_in_johannesburg(rows: CoreMaker, reading: PolicySession) -> None:
    decided = {
        "february": datetime(2026, 2, 28, 21, 59, tzinfo=UTC),
        "march": datetime(2026, 2, 28, 22, 30, tzinfo=UTC),
        "today": NOW,
        "same day": datetime(2026, 2, 5, 21, tzinfo=UTC),
        "next day": datetime(2026, 2, 6, 10, tzinfo=UTC),
    }
    for name, moment in decided.items():
        rows.add(AiDecision, external_id=name, decided_at=moment)
    rows.add(AiDecision, external_id="fallback", decided_at=NOW, is_fallback=True, model_recommendation=None)
    tile = views.cvs_screened(reading, NOW)
    assert (tile.value, tile.direction, tile.fresh_at) == ("3", "up", NOW)
    assert tile.note == "1 of them without an answer from the AI."
    assert tile.change.replace("\u00a0", " ") == "+200,0 %"

"""Decisions of the demo company's AI: quotes are where they are said to be, and results follow from their parts."""

from collections.abc import Callable

import pytest

from plugins.demo.evidence import changed_number

Rows = Callable[[str], list[tuple[object, ...]]]
EVIDENCE = """FROM admin.evidence_items e JOIN admin.ai_decisions d ON d.id = e.decision_id
              JOIN admin.cv_documents c ON c.id = d.cv_document_id"""


@pytest.mark.parametrize(
    "contradiction",
    [
        f"SELECT e.id {EVIDENCE} WHERE verdict = 'grounded' AND position(e.quote in c.cv_text) = 0",
        (
            f"SELECT e.id {EVIDENCE} WHERE verdict IN ('grounded', 'weak') AND match_start IS NOT NULL"
            " AND substr(c.cv_text, match_start + 1, match_end - match_start) <> e.quote"
        ),
        (
            f"SELECT e.id {EVIDENCE} WHERE verdict IN ('ungrounded', 'number_mismatch', 'partial')"
            " AND position(e.quote in c.cv_text) > 0"
        ),
        (
            "SELECT d.id FROM admin.ai_decisions d WHERE evidence_total <> (SELECT count(*) FROM admin.evidence_items e"
            " WHERE e.decision_id = d.id)"
        ),
        (
            "SELECT d.id FROM admin.ai_decisions d WHERE evidence_unfounded <> (SELECT count(*)"
            " FROM admin.evidence_items e"
            " WHERE e.decision_id = d.id AND verdict IN ('ungrounded', 'number_mismatch'))"
        ),
        "SELECT id FROM admin.ai_decisions WHERE rule_name IS NOT NULL AND (score > 55 OR recommendation <> 'reject')",
        (
            "SELECT id FROM admin.ai_decisions WHERE NOT is_fallback AND rule_name IS NULL"
            " AND (score, recommendation) <> (model_score, model_recommendation)"
        ),
        (
            "SELECT id FROM admin.ai_decisions WHERE recommendation <> CASE WHEN score >= 80 THEN 'shortlist'"
            " WHEN score >= 60 THEN 'consider' ELSE 'reject' END"
        ),
        (
            "SELECT r.id FROM admin.human_reviews r JOIN admin.ai_decisions d ON d.id = decision_id"
            " WHERE submitted_at < decided_at"
        ),
    ],
)
def test_no_decision_contradicts_its_parts(rows: Rows, contradiction: str) -> None:
    assert rows(contradiction) == []


def test_a_changed_number_is_another_number() -> None:
    assert changed_number("Managed 12 stores") == "Managed 19 stores"


def test_the_bad_prompt_version_shows_in_its_quotes(rows: Rows) -> None:
    found = {
        number: float(str(share))
        for number, share in rows("""
        SELECT v.number, avg((e.verdict IN ('ungrounded', 'number_mismatch'))::int)
          FROM admin.evidence_items e JOIN admin.ai_decisions d ON d.id = e.decision_id
          JOIN admin.prompt_versions v ON v.id = d.prompt_version_id
         WHERE call_site = 'screening' AND verdict NOT IN ('not_applicable', 'weak') GROUP BY 1""")
    }
    assert found[5] > 0.15
    assert found[4] < 0.12


def test_the_label_was_moved_back(rows: Rows) -> None:
    assert rows("SELECT count(*) FROM admin.prompt_label_moves WHERE rollback") == [(1,)]


def test_one_screening_event_for_each_decision(rows: Rows) -> None:
    assert rows("""SELECT (SELECT count(*) FROM admin.usage_events WHERE name = 'cv_screened')
                        - (SELECT count(*) FROM admin.ai_decisions)""") == [(0,)]


def test_costs_of_a_day_follow_from_its_decisions(rows: Rows) -> None:
    assert (
        rows("""
        SELECT day
            FROM admin.provider_costs c JOIN (SELECT (decided_at AT TIME ZONE 'UTC')::date AS d, sum(cost) AS spent
          FROM admin.ai_decisions GROUP BY 1) s ON s.d = c.day
         WHERE project = 'screening' AND amount <> spent * 1.31""")
        == []
    )

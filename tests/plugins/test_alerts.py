"""What plugins have watched, over rows made for it. It is noon on 5 March 2026."""

from datetime import UTC, datetime, timedelta

import pytest

from admin_core.contributions import Reading
from admin_core.machine import Machine
from admin_core.policy import PolicySession
from admin_core.settings import Settings
from plugins.ai_quality.views import alerts as ai_quality
from plugins.finance.rules import reporting as rules
from plugins.finance.views import alerts as finance
from plugins.health.views import alerts as health
from schema.ai import AiDecision
from schema.billing import Payment
from schema.health import ErrorCount, ErrorEvent, ErrorIssue, ErrorProject
from schema.reviews import HumanReview
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, 20, tzinfo=UTC)
HOUR = NOW.replace(minute=0)


def test_hook_register_alerts_brings_the_plugins_alerts_to_core() -> None:
    settings = Settings(
        database_url="postgresql+psycopg://x/x", redis_url="redis://localhost:1/0", secret_key="k" * 40, env="test",
        public_url="http://localhost",
    )  # fmt: skip
    machine = Machine.assemble(settings)
    found = {offered.alert.name: offered.plugin for offered in machine.alerts}
    assert found["finance.failed-payments"] == "finance"
    assert found["health.error-spike"] == "health"
    assert found["ai_quality.accuracy"] == "ai_quality"
    assert found["core.jobs-given-up"] == "core"
    known = {item.name for answer in machine.plugins.registered("register_permissions") for item in answer.items}
    assert all(o.alert.permission in known for o in machine.alerts if o.plugin != "core")


@pytest.mark.parametrize(
    ("counts", "share", "decided"),
    [({}, None, 0), ({"pending": 9}, None, 0), ({"succeeded": 3, "failed": 1}, 25.0, 4), ({"failed": 2}, 100.0, 2)],
)
def test_failed_is_a_share_of_what_was_decided(counts: dict[str, int], share: float | None, decided: int) -> None:
    assert rules.failed_share(counts) == (share, decided)


def test_failed_payments_of_a_day(rows: CoreMaker, reading: PolicySession) -> None:
    assert finance.failed_payments(reading, NOW).value is None
    for number, hours in enumerate((1, 2, 30)):
        at = NOW - timedelta(hours=hours)
        rows.add(Payment, gateway_reference=f"p_{number}", status="failed", paid_at=None, failed_at=at, created_at=at)
    rows.add(Payment, gateway_reference="p_9", created_at=NOW - timedelta(hours=3))
    found = finance.failed_payments(reading, NOW)
    assert (found.value, found.n) == (66.7, 3)
    assert "of 3 payments in 24 hours failed" in found.summary


def test_errors_of_an_hour_against_its_like(rows: CoreMaker, reading: PolicySession) -> None:
    assert health.error_spike(reading, NOW).value is None
    rows.one(ErrorEvent)
    words = {"issue": rows.one(ErrorIssue), "project": rows.one(ErrorProject)}
    for weeks, count in enumerate((30, 3, 5, 4, 4)):
        rows.session.add(ErrorCount(hour=HOUR - timedelta(weeks=weeks), received=count, **words))
    rows.session.flush()
    found = health.error_spike(reading, NOW)
    assert (found.value, found.firing, found.n) == (30, True, 16)
    assert found.summary == "30 errors in an hour that usually has 4,0."
    assert health.error_spike(reading, NOW + timedelta(hours=1)).firing  # the hour that has just ended counts as well
    assert not health.error_spike(reading, NOW + timedelta(hours=2)).firing


def test_accuracy_with_its_n(rows: CoreMaker, reading: PolicySession) -> None:
    url = "/admin/data/human_reviews/?f.blind.eq=true&f.submitted_at.between=2026-02-04..2026-03-05"
    assert ai_quality.accuracy_read(reading, NOW) == Reading(
        value=None, n=0, summary="Nobody has reviewed blind in 30 days.", url=url
    )
    rows.one(AiDecision)
    rows.add(HumanReview, blind=True, submitted_at=NOW - timedelta(days=2))
    found = ai_quality.accuracy_read(reading, NOW)
    assert found.n == 1
    assert found.value in {0, 100}
    assert "95\u00a0% interval" in found.summary

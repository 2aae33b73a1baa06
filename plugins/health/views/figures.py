"""The figures of health, and the dashboard made of them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from admin_core.contributions import Dashboard, Figure, Number, Rows, Trend, Value
from admin_core.periods import Period
from admin_core.rollups.reading import Question, totals, totals_of
from plugins.health import queries, rules

PERMISSION = "health:errors:read"
NEVER = "No program has reported an error yet: check that they send them."


def errors(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many errors were reported in each period; nothing is known while nobody has ever reported any."""
    newest = queries.newest_error(session)
    parts = totals(session, queries.ERRORS, periods)
    if newest is None and not any(part["received"] for part in parts):
        return [Value(amount=None, note=NEVER) for _ in periods]
    return [Value(amount=part["received"], fresh_at=newest) for part in parts]


def error_rate(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many errors came for a thousand things that customers did in each period."""
    found, acts = totals_of(session, [Question(queries.ERRORS), Question(queries.ACTS)], periods)
    return [rules.error_rate(part["received"], act["events"]) for part, act in zip(found, acts, strict=True)]


FIGURES = (
    Figure(
        name="health.errors",
        title="Errors",
        unit="count",
        permission=PERMISSION,
        definition=(
            "Errors the product reported, by the full hours of the clock and the running one, those over quota"
            " included. What was deleted since still counts."
        ),
        formula="sum of received by hour",
        values=errors,
        sources=("error_counts",),
        rollups=("health.errors",),
        rows=lambda period: Rows("error_counts", period.between("hour")),
        better="down",
        statements=3,
    ),
    Figure(
        name="health.error-rate",
        title="Error rate",
        unit="ratio",
        permission=PERMISSION,
        definition="Errors the product reported for each 1 000 things that customers did in it.",
        formula="errors x 1 000 / usage events",
        values=error_rate,
        sources=("error_counts", "usage_events"),
        rollups=("health.errors", "health.acts"),
        rows=lambda period: Rows("error_counts", period.between("hour")),
        better="down",
        home="last_7_days",
    ),
)
DASHBOARDS = (
    Dashboard(
        slug="errors",
        title="Errors over time",
        permission=PERMISSION,
        description="How many errors the product makes, and how many for what is done in it.",
        group="Health",
        icon="bug",
        period="last_30_days",
        cards=(
            Number(figure="health.errors"),
            Number(figure="health.error-rate"),
            Trend(slug="errors", title="Errors", figures=("health.errors",)),
            Trend(slug="rate", title="Errors for 1 000 things done", figures=("health.error-rate",), kind="lines"),
        ),
    ),
)

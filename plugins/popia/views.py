"""The figures of privacy, and the dashboard made of them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from admin_core.contributions import Dashboard, Figure, Number, Rows, Trend, Value
from admin_core.periods import Period
from plugins.popia import queries, rules

PERMISSION = "popia:requests:read"


def open_requests(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many requests were open at the end of each period."""
    return [Value.of(count) for count, _ in queries.open_at(session, periods)]


def overdue_requests(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many requests were past their last day at the end of each period."""
    return [Value.of(late) for _, late in queries.open_at(session, periods)]


def answered_in_time(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return the share of requests closed in each period that were closed in time."""
    return [rules.in_time(closed, kept) for closed, kept in queries.closed_in(session, periods)]


FIGURES = (
    Figure(
        name="popia.open-requests",
        title="Open privacy requests",
        unit="count",
        permission=PERMISSION,
        definition="Requests of data subjects that were received and not closed by the end of the period.",
        formula="requests received before the end, and not closed before it",
        values=open_requests,
        sources=("subject_requests",),
        rows=lambda period: Rows("subject_requests", rules.open_filters(period)),
        better="down",
        level=True,
        statements=1,
    ),
    Figure(
        name="popia.overdue-requests",
        title="Past their legal due date",
        unit="count",
        permission=PERMISSION,
        definition=(
            "Open requests whose last day had passed at the end of the period: thirty days from receipt, the extended"
            " day where there is one; the last day itself is in time."
        ),
        formula="open requests with a due day before the end",
        values=overdue_requests,
        sources=("subject_requests",),
        rows=lambda period: Rows("subject_requests", rules.late_filters(period)),
        better="down",
        level=True,
        statements=1,
    ),
    Figure(
        name="popia.answered-in-time",
        title="Answered in time",
        unit="share",
        permission=PERMISSION,
        definition="Requests closed in the period, whatever the answer, that were closed on or before their last day.",
        formula="requests closed in time / requests closed",
        values=answered_in_time,
        sources=("subject_requests",),
        rows=lambda period: Rows("subject_requests", period.between("closed_at")),
        spark="months",
        statements=1,
    ),
)
DASHBOARDS = (
    Dashboard(
        slug="requests",
        title="Privacy requests over time",
        permission=PERMISSION,
        description="What people ask about their data, and whether they get their answer in time.",
        group="Privacy",
        icon="shield-lock",
        period="last_90_days",
        cards=(
            Number(figure="popia.open-requests"),
            Number(figure="popia.overdue-requests"),
            Number(figure="popia.answered-in-time"),
            Trend(
                slug="open",
                title="Open and late requests over time",
                figures=("popia.open-requests", "popia.overdue-requests"),
                kind="lines",
            ),
        ),
    ),
)

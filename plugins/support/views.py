"""The figures of support: how many tickets wait, how many came, how many were solved."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from admin_core.contributions import Dashboard, Figure, Number, Rows, Trend, Value
from admin_core.periods import Period
from plugins.support import queries, rules

PERMISSION = "support:tickets:read"


def open_tickets(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many tickets were open at the end of each period."""
    return [Value.of(count) for count in queries.open_at(session, [period.end for period in periods])]


def opened_tickets(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many tickets came in each period."""
    return [Value.of(count) for count in queries.opened_in(session, periods)]


def solved_tickets(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many tickets were solved in each period."""
    return [Value.of(count) for count in queries.solved_in(session, periods)]


FIGURES = (
    Figure(
        name="support.open-tickets",
        title="Open tickets",
        unit="count",
        permission=PERMISSION,
        definition=(
            "Tickets that are new, open, on hold or waiting for the customer at the end of the period. Of the past it"
            " counts those solved later; one that was solved and reopened counts as open in between."
        ),
        formula="tickets opened before the end, and not solved before it; without spam and merged ones",
        values=open_tickets,
        sources=("tickets",),
        rows=lambda period: Rows("tickets", rules.open_at_filters(period)),
        better="down",
        level=True,
        home="this_month",
        statements=1,
    ),
    Figure(
        name="support.opened",
        title="Tickets that came",
        unit="count",
        permission=PERMISSION,
        definition="Tickets by the moment their first message arrived, without spam and those merged into another.",
        formula="count of tickets by opened_at",
        values=opened_tickets,
        sources=("tickets",),
        rows=lambda period: Rows("tickets", rules.asked_filters(period)),
        better="neither",
        statements=1,
    ),
    Figure(
        name="support.solved",
        title="Tickets solved",
        unit="count",
        permission=PERMISSION,
        definition="Tickets by the moment they were last solved, closed ones included.",
        formula="count of tickets by solved_at",
        values=solved_tickets,
        sources=("tickets",),
        rows=lambda period: Rows("tickets", period.between("solved_at")),
        statements=1,
    ),
)
DASHBOARDS = (
    Dashboard(
        slug="tickets",
        title="Support load",
        permission=PERMISSION,
        description="How many tickets wait, come and are solved.",
        group="Support",
        icon="ticket",
        period="last_30_days",
        cards=(
            Number(figure="support.open-tickets"),
            Number(figure="support.opened"),
            Number(figure="support.solved"),
            Trend(slug="flow", title="Came and solved", figures=("support.opened", "support.solved")),
            Trend(slug="open", title="Open tickets over time", figures=("support.open-tickets",), kind="lines"),
        ),
    ),
)

"""The dashboard of finance, and how recurring revenue moved as a waterfall."""

from decimal import Decimal

from sqlalchemy.orm import Session

from admin_core.contributions import Dashboard, Drawn, Number, Picture, Rows, Trend
from admin_core.periods import Period
from admin_core.rollups.reading import totals
from admin_core.theme import charts
from plugins.finance.queries import money as queries
from plugins.finance.views import figures

MOVEMENT_KINDS = {
    "new": "New",
    "reactivation": "Came back",
    "expansion": "Expansion",
    "contraction": "Contraction",
    "churn": "Churn",
}


def movement(session: Session, period: Period) -> Drawn:
    """Return how recurring revenue went from the start of a period to its end."""
    opening = Period(period.start, period.start)
    first, last = figures.recurring_revenue(session, [opening, period])
    parts = totals(session, queries.MOVEMENTS, [period], by="kind")[0].parts("cents")
    steps = [charts.Step("Start", float(first.amount or 0), total=True)]
    steps += [charts.Step(label, float(parts[kind].amount)) for kind, label in MOVEMENT_KINDS.items() if kind in parts]
    steps.append(charts.Step("End", float(last.amount or 0), total=True))
    drawn = charts.waterfall(steps, "Monthly recurring revenue", lambda cents: figures.whole_rand(Decimal(str(cents))))
    return Drawn(drawn, n=sum(cell.cases for cell in parts.values()))


DASHBOARDS = (
    Dashboard(
        slug="revenue",
        title="Revenue",
        permission=figures.REVENUE,
        description="What recurs, what was billed, what came in, and what the AI costs.",
        group="Finance",
        icon="cash",
        cards=(
            Number(figure="finance.mrr"),
            Number(figure="finance.billed"),
            Number(figure="finance.received"),
            Number(figure="finance.active-subscriptions"),
            Number(figure="finance.ai-spend"),
            Picture(
                slug="movement",
                title="How recurring revenue moved",
                draw=movement,
                definition=(
                    "Recurring revenue at the start, then by kind of movement, then at the end. Transfers between plans"
                    " cancel out and are left out."
                ),
                formula="start + new + came back + expansion + contraction + churn = end",
                sources=("mrr_movements",),
                rollups=("finance.mrr-movements",),
                rows=lambda period: Rows("mrr_movements", period.between("occurred_at")),
                statements=5,
            ),
            Trend(slug="mrr", title="Recurring revenue over time", figures=("finance.mrr",), kind="lines"),
            Trend(slug="money", title="Billed and received", figures=("finance.billed", "finance.received")),
            Trend(slug="spend", title="AI spend over time", figures=("finance.ai-spend",)),
        ),
    ),
)

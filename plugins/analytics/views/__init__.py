"""What usage analytics shows: its figures and the dashboard made of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.contributions import Dashboard, Drawn, Figure, Number, PanelTable, Picture, Rows, Trend, Value
from admin_core.periods import Period, last_months, local_day
from admin_core.rollups.distinct import distinct
from admin_core.rollups.reading import totals
from admin_core.theme import charts, formats
from plugins.analytics import queries, rules

PERMISSION = "analytics:usage:read"
MONTHS_SHOWN = 12


def cvs_screened(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many CVs were processed in each period."""
    newest = queries.newest_decision(session)
    return [
        Value(amount=part["decisions"], fresh_at=newest, note=without_answer(int(part["fallbacks"])))
        for part in totals(session, queries.DECISIONS, periods)
    ]


def without_answer(fallbacks: int) -> str:
    """Return how many of them got the standard answer because none came from the AI."""
    return f"{formats.number(fallbacks)} of them without an answer from the AI." if fallbacks else ""


def signups(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many customers signed up in each period."""
    return [Value(amount=part["customers"]) for part in totals(session, queries.SIGNUPS, periods)]


def active_customers(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many different customers had a CV screened in each period."""
    return [Value.of(count) for count in distinct(session, queries.GOT_VALUE, periods)]


def coming_customers(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many different customers did anything in each period."""
    return [Value.of(count) for count in distinct(session, queries.CAME, periods)]


FIGURES = (
    Figure(
        name="analytics.cvs-screened",
        title="CVs screened",
        unit="count",
        permission=PERMISSION,
        definition="Stored decisions of the AI: a retry is no second one, a standard answer after a failure counts.",
        formula="count of AI decisions by decided_at",
        values=cvs_screened,
        sources=("ai_decisions",),
        rollups=("analytics.decisions",),
        rows=lambda period: Rows("ai_decisions", period.between("decided_at")),
        home="this_month",
        statements=3,
    ),
    Figure(
        name="analytics.signups",
        title="New customers",
        unit="count",
        permission=PERMISSION,
        definition="Customers of all product lines by the moment they signed up, whatever became of them.",
        formula="count of customers by signup_at",
        values=signups,
        sources=("customers",),
        rollups=("analytics.signups",),
        rows=lambda period: Rows("customers", period.between("signup_at")),
    ),
    Figure(
        name="analytics.active-customers",
        title="Active customers",
        unit="count",
        permission=PERMISSION,
        definition=(
            "Different customers who had at least one CV screened in the period. Counted over the whole period, so it"
            " is not the sum of its days."
        ),
        formula="count of different customers with a cv_screened event",
        values=active_customers,
        sources=("usage_events",),
        rollups=("analytics.got-value",),
        rows=lambda period: Rows("usage_events", (("f.name.eq", rules.VALUE_EVENT), *period.between("occurred_at"))),
    ),
    Figure(
        name="analytics.coming-customers",
        title="Customers who came",
        unit="count",
        permission=PERMISSION,
        definition="Different customers who did anything in the product in the period; only to sign in is no use.",
        formula="count of different customers with an event other than signed_in",
        values=coming_customers,
        sources=("usage_events",),
        rollups=("analytics.came",),
        rows=lambda period: Rows("usage_events", period.between("occurred_at")),
    ),
)


def week(session: Session, period: Period) -> Drawn:
    """Return when in the week CVs are screened."""
    cells = totals(session, queries.DECISIONS, [period], by="hour")[0].parts("decisions")
    counts = {slot: int(cell.amount) for slot, cell in cells.items()}
    if not counts:
        return Drawn(None, note="No CV was screened in this period.")
    drawn = charts.heat_map(rules.HOURS, rules.by_weekday(counts), "CVs screened by weekday and hour", formats.number)
    return Drawn(drawn, n=sum(counts.values()))


def activation(session: Session, period: Period) -> Drawn:
    """Return how many of those who signed up were activated, and how many of them pay."""
    signed_up, activated, paying = queries.activation(session, period)
    if not signed_up:
        return Drawn(None, note="Nobody signed up in this period.")
    stages = (("Signed up", signed_up), ("CV within 7 days", activated), ("Pays today", paying))
    note = "Who signed up in the last 7 days may still be activated." if period.runs_until else ""
    return Drawn(charts.funnel(stages, "From signing up to paying"), n=signed_up, note=note)


DASHBOARDS = (
    Dashboard(
        slug="usage",
        title="Usage",
        permission=PERMISSION,
        description="How many CVs are screened, by whom, when, and who begins.",
        group="Usage",
        icon="activity",
        cards=(
            Number(figure="analytics.cvs-screened"),
            Number(figure="analytics.active-customers"),
            Number(figure="analytics.coming-customers"),
            Number(figure="analytics.signups"),
            Trend(slug="cvs", title="CVs screened over time", figures=("analytics.cvs-screened",)),
            Trend(
                slug="active",
                title="Active customers over time",
                figures=("analytics.active-customers", "analytics.coming-customers"),
                kind="lines",
            ),
            Picture(
                slug="week",
                title="When CVs are screened",
                draw=week,
                definition="Stored decisions of the AI by weekday and hour in Johannesburg.",
                sources=("ai_decisions",),
                rollups=("analytics.decisions",),
                rows=lambda period: Rows("ai_decisions", period.between("decided_at")),
            ),
            Picture(
                slug="activation",
                title="From signing up to paying",
                draw=activation,
                definition=(
                    "Customers who signed up in the period; those of them who had a CV screened within 7 days of"
                    " signing up; those of these who pay today."
                ),
                sources=("customers", "usage_events"),
                rows=lambda period: Rows("customers", period.between("signup_at")),
                statements=1,
            ),
        ),
    ),
)


def usage_by_month(session: Session, customer: UUID, now: datetime) -> PanelTable:
    """Return a customer's use of the last twelve months, the newest first."""
    months = last_months(local_day(now), MONTHS_SHOWN)
    screened = rules.by_month(months, queries.decisions_of(session, customer, months[0]))
    done = queries.events_of(session, customer, months[0])
    rows = [(f"{m:%Y-%m}", count, rules.most_used(m, done)) for m, count in zip(months, screened, strict=True)]
    return PanelTable(("Month", "CVs screened", "Features used most"), tuple(reversed(rows)))

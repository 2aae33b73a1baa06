"""The figures of AI quality, and the dashboard made of them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from admin_core.contributions import Dashboard, Drawn, Figure, Number, Picture, Rows, Trend, Value
from admin_core.periods import Period
from admin_core.rollups.reading import totals
from admin_core.theme import charts, formats
from plugins.ai_quality import queries, rules

PERMISSION = "ai_quality:accuracy:read"


def accuracy(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return the agreement with blind reviews in each period, its interval and n."""
    return [rules.accuracy(tally) for tally in queries.tallies(session, periods)]


def unanswered(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return the share of decisions in each period for which no usable answer came from the AI."""
    return [
        rules.share_of(part["unanswered"], part["decisions"]) for part in totals(session, queries.DECISIONS, periods)
    ]


def blind_reviews(period: Period) -> Rows:
    """Return the reviews that accuracy is measured by."""
    return Rows("human_reviews", (("f.blind.eq", "true"), *period.between("submitted_at")))


FIGURES = (
    Figure(
        name="ai_quality.accuracy",
        title="AI accuracy",
        unit="share",
        permission=PERMISSION,
        definition=(
            "How often the AI's recommendation is the one a reviewer gave without seeing it, by the day of the review."
            " Standard answers, unreadable ones and those our rules changed are left out and counted apart."
        ),
        formula="agreeing blind reviews / blind reviews, with the Wilson interval",
        values=accuracy,
        sources=("human_reviews", "ai_decisions"),
        rows=blind_reviews,
        home="last_30_days",
        spark="weeks",
    ),
    Figure(
        name="ai_quality.unanswered",
        title="Without an answer",
        unit="share",
        permission=PERMISSION,
        definition="Decisions that are standard answers because the AI gave none, or one that could not be read.",
        formula="standard and unreadable answers / decisions",
        values=unanswered,
        sources=("ai_decisions",),
        rollups=("ai_quality.decisions",),
        rows=lambda period: Rows("ai_decisions", period.between("decided_at")),
        better="down",
        spark="weeks",
    ),
)


def agreement(session: Session, period: Period) -> Drawn:
    """Return what the AI said where people said what."""
    pairs = queries.pairs(session, period)
    if not pairs:
        return Drawn(None, note="Nobody has reviewed blind in this time.")
    columns = [f"AI: {word}" for word in rules.SAID]
    drawn = charts.heat_map(columns, rules.agreement(pairs), "What the AI said where people said what", formats.number)
    return Drawn(drawn, n=sum(pairs.values()))


def scores(session: Session, period: Period) -> Drawn:
    """Return how the AI's scores are spread."""
    cells = totals(session, queries.DECISIONS, [period], by="tens")[0].parts("decisions")
    counts = {tens: int(cell.amount) for tens, cell in cells.items()}
    if not counts:
        return Drawn(None, note="The AI decided nothing in this time.")
    return Drawn(charts.bars(rules.spread(counts), "Decisions by score", formats.number), n=sum(counts.values()))


DASHBOARDS = (
    Dashboard(
        slug="quality",
        title="AI quality",
        permission=PERMISSION,
        description="How often the AI is right, by people who did not see what it said.",
        group="AI quality",
        icon="robot",
        period="last_90_days",
        cards=(
            Number(figure="ai_quality.accuracy"),
            Number(figure="ai_quality.unanswered"),
            Trend(slug="accuracy", title="Accuracy over time", figures=("ai_quality.accuracy",), kind="lines"),
            Picture(
                slug="agreement",
                title="Where AI and people differ",
                draw=agreement,
                definition="Blind reviews in force: rows are what people said, columns what the AI said by itself.",
                sources=("human_reviews", "ai_decisions"),
                rows=blind_reviews,
                statements=1,
            ),
            Picture(
                slug="scores",
                title="How scores are spread",
                draw=scores,
                definition="Decisions by tens of the final score, standard answers included.",
                sources=("ai_decisions",),
                rollups=("ai_quality.decisions",),
                rows=lambda period: Rows("ai_decisions", period.between("decided_at")),
            ),
        ),
    ),
)

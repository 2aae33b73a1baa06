"""The cards of a dashboard: each asked for on its own, within a second, and failing alone."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode

from admin_core.circuits import Circuits
from admin_core.contained import PartFailed, attempt
from admin_core.contributions import Card, Dashboard, Drawn, Figure, Number, Picture, Trend
from admin_core.dashboards import trends
from admin_core.dashboards.figures import Figures
from admin_core.dashboards.tiles import PART_MS, rows_address, tile_of
from admin_core.generator.context import Context
from admin_core.generator.counting import time_box
from admin_core.menu import dashboard_url, figure_url
from admin_core.period_choice import Choice
from admin_core.policy import Person
from admin_core.theme import formats
from admin_core.theme.charts import Chart
from admin_core.theme.formats import NBSP
from admin_core.theme.tiles import Tile


@dataclass(frozen=True)
class Board:
    """A dashboard as somebody sees it: whose it is, and the cards that are theirs to see."""

    plugin: str
    dashboard: Dashboard
    cards: tuple[Card, ...]
    choice: Choice
    titles: Mapping[str, str] = field(default_factory=dict)
    """What the figures are called."""

    def title_of(self, card: Card) -> str:
        """Return what a card is called."""
        return self.titles.get(card.figure, card.figure) if isinstance(card, Number) else card.title

    @property
    def url(self) -> str:
        """Its address without a period."""
        return dashboard_url(self.plugin, self.dashboard.slug)

    @property
    def here_url(self) -> str:
        """Its address in the chosen period."""
        return with_period(self.url, self.choice)

    @property
    def whole_url(self) -> str:
        """Its address with all cards on one page."""
        return f"{self.here_url}&all=1"

    def card(self, slug: str) -> Card | None:
        """Return one of its cards; None for one that is not there for this person."""
        return next((card for card in self.cards if card.slug == slug), None)

    def card_url(self, card: Card, part: str = "") -> str:
        """Return the address of a card in the chosen period, or of a part of it."""
        return with_period(f"{self.url}/cards/{quote(card.slug)}{part}", self.choice)


def with_period(url: str, choice: Choice) -> str:
    """Return an address in a chosen period."""
    return f"{url}?{urlencode(choice.args)}"


def cards_seen_by(person: Person, dashboard: Dashboard, known: Figures) -> tuple[Card, ...]:
    """Return a dashboard's cards without figures that the person may not see, or that are not there now."""
    seen = {figure.name for figure in known.seen_by(person)}
    return tuple(card for card in dashboard.cards if isinstance(card, Picture) or set(names_of(card)) <= seen)


def names_of(card: Card) -> tuple[str, ...]:
    """Return the figures of a card."""
    if isinstance(card, Picture):
        return ()
    return (card.figure,) if isinstance(card, Number) else card.figures


@dataclass(frozen=True)
class Shown:
    """A card with what it has to say."""

    slug: str
    title: str
    url: str
    explain_url: str
    csv_url: str
    tile: Tile | None = None
    chart: Chart | None = None
    period: str = ""
    note: str = ""
    rows_url: str = ""
    fresh_at: datetime | None = None
    problem: str = ""
    """Why there is nothing."""


def shown(ctx: Context, board: Board, card: Card, known: Figures, circuits: Circuits) -> Shown:
    """Return a card; one that fails or takes too long says so."""
    blank = blank_of(board, card)
    if isinstance(card, Number):
        tile = tile_of(ctx, known.named(card.figure), board.choice, circuits)
        return Shown(**{**vars(blank), "tile": tile, "rows_url": tile.url})
    try:
        with boxed(ctx, board, card, circuits):
            return of_trend(ctx, board, card, known) if isinstance(card, Trend) else of_picture(ctx, board, card)
    except PartFailed as failure:
        return Shown(**{**vars(blank), "problem": failure.sentence})


@contextmanager
def boxed(ctx: Context, board: Board, card: Card, circuits: Circuits) -> Iterator[None]:
    """Run what a card asks within a second; PartFailed when it raises or takes longer."""
    part = f"card {board.dashboard.slug} {card.slug}"
    with attempt(circuits, board.plugin, part, PART_MS), time_box(ctx.session, PART_MS):
        yield


def blank_of(board: Board, card: Card) -> Shown:
    """Return a card with nothing but its name and addresses."""
    title = board.title_of(card)
    return Shown(card.slug, title, board.card_url(card), explain_url(board, card), board.card_url(card, "/values.csv"))


def explain_url(board: Board, card: Card) -> str:
    """Return where a card's number is explained."""
    if isinstance(card, Picture):
        return board.card_url(card, "/explain")
    return with_period(figure_url(names_of(card)[0]), board.choice)


def of_trend(ctx: Context, board: Board, card: Trend, known: Figures) -> Shown:
    """Return figures over time."""
    figures = [known.named(name) for name in card.figures]
    series = trends.series_of(ctx.session, ctx.person, figures, board.choice.period)
    return Shown(
        **{
            **vars(blank_of(board, card)),
            "chart": trends.chart_of(series, card, board.choice),
            "period": series.buckets.words,
            "rows_url": rows_of(ctx, figures, board.choice),
            "fresh_at": series.newest.fresh_at if series.newest and series.newest.fresh_at else ctx.now,
            "note": notes_of(series),
        }
    )


def notes_of(series: trends.Series) -> str:
    """Return on how many cases a share rests, over all stretches; empty for figures that say no n."""
    found = [
        f"{figure.title}: n{NBSP}={NBSP}{formats.number(sum(value.n or 0 for value in values))}"
        for figure, values in zip(series.figures, series.values, strict=True)
        if any(value.n is not None for value in values)
    ]
    return "; ".join(found)


def rows_of(ctx: Context, figures: Iterable[Figure], choice: Choice) -> str:
    """Return the list behind the first of some figures."""
    first = next(iter(figures))
    return rows_address(ctx, first.rows(choice.period)) if first.rows else ""


def of_picture(ctx: Context, board: Board, card: Picture) -> Shown:
    """Return a drawing of the plugin's own."""
    drawn = card.draw(ctx.session, board.choice.period)
    if not isinstance(drawn, Drawn):
        raise TypeError("a picture's draw returns Drawn")
    cases = "" if drawn.n is None else f"n{NBSP}={NBSP}{formats.number(drawn.n)}."
    return Shown(
        card.slug,
        card.title,
        board.card_url(card),
        explain_url(board, card),
        board.card_url(card, "/values.csv"),
        chart=drawn.chart,
        period=board.choice.words,
        note=" ".join(part for part in (cases, drawn.note) if part),
        rows_url=rows_address(ctx, card.rows(board.choice.period)) if card.rows else "",
        fresh_at=drawn.fresh_at or ctx.now,
    )

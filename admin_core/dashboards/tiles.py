"""A figure as a tile: its value in a period, how it moved, its line, how fresh, where its rows are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from admin_core.circuits import Circuits
from admin_core.contained import PartFailed, attempt
from admin_core.contributions import Figure, Rows, Value
from admin_core.dashboards import figures, wording
from admin_core.generator.context import Context
from admin_core.generator.counting import time_box
from admin_core.generator.urls import list_url
from admin_core.menu import figure_url
from admin_core.period_choice import Choice, days_in_words, named
from admin_core.periods import Period, last_days, last_months, local_day, months_later, of_days, start_of
from admin_core.policy import may, may_page
from admin_core.settings_store import is_set_up
from admin_core.theme.tiles import Tile, spark

PART_MS = 1_000
"""How long one tile or card may take."""
DAYS_SHOWN, WEEK, MONTHS_SHOWN = 30, 7, 12
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Reading:
    """A figure in a chosen period: its value, the one it is compared with, and those of its line."""

    figure: Figure
    choice: Choice
    now: Value
    before: Value | None
    line: tuple[float, ...]


def home_tiles(ctx: Context, offered: Iterable[Figure], circuits: Circuits | None = None) -> list[Tile]:
    """Return the numbers of home that this person may see, each in its own period."""
    circuits = circuits or Circuits()
    shown = [figure for figure in offered if figure.home and ctx.person.has(figure.permission)]
    return [tile_of(ctx, figure, named(figure.home, ctx.now), circuits) for figure in shown]


def tile_of(ctx: Context, figure: Figure, choice: Choice, circuits: Circuits) -> Tile:
    """Return one number; why there is none when it could not be worked out."""
    try:
        with attempt(circuits, owner_of(figure), f"figure {figure.name}", PART_MS), time_box(ctx.session, PART_MS):
            found = read(ctx, figure, choice)
            if found.now.amount is None and figure.needs and not is_set_up(ctx.session, figure.needs):
                return not_set_up(ctx, figure, choice)
    except PartFailed as failure:
        return Tile(figure.title, "no answer", "", note=failure.sentence)
    return worded(ctx, found)


def not_set_up(ctx: Context, figure: Figure, choice: Choice) -> Tile:
    """Return the tile of a company that has not said where the numbers come from."""
    url = f"/admin/settings/{figure.needs}" if may_page(ctx.person, "settings") else ""
    note = "What it is read from is not set up in the settings yet."
    return Tile(figure.title, "not set up", choice.words, url, note=note, definition=figure.definition)


def owner_of(figure: Figure) -> str:
    """Return the plugin whose figure it is."""
    return figure.name.partition(".")[0]


def read(ctx: Context, figure: Figure, choice: Choice) -> Reading:
    """Ask for a figure's value, the one before and its line, all at once."""
    before = compared_with(figure, choice)
    line = line_of(figure, choice.period)
    asked = [choice.period, *([before] if before else []), *line]
    found = figures.values(ctx.session, ctx.person, figure, asked)
    rest = found[len(asked) - len(line) :]
    points = [float(value.amount) for value in rest if value.amount is not None]
    return Reading(figure, choice, found[0], found[1] if before else None, spark(points))


def compared_with(figure: Figure, choice: Choice) -> Period | None:
    """Return the period to compare with; a level is compared with what it was when the period began."""
    if figure.level and choice.compared == "before":
        return Period(choice.period.start - INSTANT, choice.period.start)
    return choice.before


def line_of(figure: Figure, period: Period) -> list[Period]:
    """Return the periods of a figure's line: full days, weeks or months up to the end of the period."""
    if figure.spark == "months":
        firsts = last_months(period.days[1] - timedelta(days=1), MONTHS_SHOWN)
        return [Period(start_of(month), min(start_of(months_later(month, 1)), period.end)) for month in firsts]
    last = local_day(period.end) - timedelta(days=1)
    length = timedelta(days=WEEK if figure.spark == "weeks" else 1)
    return [of_days(day + timedelta(days=1) - length, day + timedelta(days=1)) for day in last_days(last, DAYS_SHOWN)]


def worded(ctx: Context, found: Reading) -> Tile:
    """Return the tile that says it."""
    figure, value = found.figure, found.now
    words, direction = wording.movement(figure, value, found.before)
    return Tile(
        figure.title,
        wording.amount_in_words(figure.unit, value.amount, value.currency),
        period_of(figure, found.choice),
        rows_url(ctx, figure, found.choice.period),
        words,
        direction,
        wording.tone_of(figure, direction),
        value.fresh_at or ctx.now,
        found.line,
        note=wording.remark(value),
        against=against(figure, found.choice),
        definition=figure.definition,
        explain_url=f"{figure_url(figure.name)}?{urlencode(found.choice.args)}",
    )


def period_of(figure: Figure, choice: Choice) -> str:
    """Return when a number holds: a level at the end of the period, which is now while it runs."""
    if not figure.level:
        return choice.words
    return "now" if choice.period.runs_until else f"at the end of {choice.words}"


def against(figure: Figure, choice: Choice) -> str:
    """Return what the change compares with, in words."""
    if figure.level and choice.compared == "before":
        first = choice.period.days[0]
        return f"since {days_in_words((first, first + timedelta(days=1)))}"
    return choice.against


def rows_url(ctx: Context, figure: Figure, period: Period) -> str:
    """Return the list of the rows behind a number; empty when there is none, or the person may not read them."""
    return rows_address(ctx, figure.rows(period)) if figure.rows else ""


def rows_address(ctx: Context, rows: Rows) -> str:
    """Return the address of a list; empty when the person may not read it."""
    known = rows.model in ctx.registry and may(ctx.person, "read", ctx.registry.spec(rows.model))
    return list_url(rows.model, rows.filters) if known else ""

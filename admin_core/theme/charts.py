"""Small charts as SVG text: pure functions of values, no script. Each carries its rows, so its table twin exists."""
# ruff: noqa: S704 - every value is escaped where it enters the markup

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from admin_core.theme import formats
from admin_core.theme.drawing import (
    LEFT,
    WIDTH,
    Box,
    Format,
    axis,
    bands,
    bar,
    legend,
    names_below,
    picture,
    scale,
    text,
)


@dataclass(frozen=True)
class Chart:
    """A drawing and the same values as a table."""

    svg: Markup
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall: a change, or a level when ``total``."""

    label: str
    value: float
    total: bool = False


def sparkline(values: Sequence[float], width: int = 120, height: int = 28) -> Markup:
    """Return a line without axes, for tiles; decorative, because the tile says its numbers in words."""
    if len(values) < 2:  # noqa: PLR2004 - a line needs two points
        return Markup("")
    low, span = min(values), (max(values) - min(values)) or 1
    step = (width - 4) / (len(values) - 1)
    points = ((2 + i * step, height - 3 - (value - low) / span * (height - 6)) for i, value in enumerate(values))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    shape = f'viewBox="0 0 {width} {height}" preserveAspectRatio="none" aria-hidden="true"'
    return Markup(f'<svg class="sparkline" {shape}><polyline points="{path}"/></svg>')


Amounts = Sequence[float | None]
NO_DATA = "no data"
"""What stands in a table where there is no value; the drawing leaves a gap."""


def bars(points: Sequence[tuple[str, float | None]], label: str, form: Format = formats.plain_number) -> Chart:
    """Return one bar per point, e.g. per month; values may be negative."""
    return columns([name for name, _ in points], [(label, [value for _, value in points])], label, form)


def columns(
    names: Sequence[str], series: Sequence[tuple[str, Amounts]], label: str, form: Format = formats.plain_number
) -> Chart:
    """Return bars over the same names, up to four beside each other; each differs in colour and in its pattern."""
    marks = scale(known(series))
    slot = (WIDTH - LEFT) / max(len(names), 1)
    width = slot / max(len(series), 1)
    places = [LEFT + i * slot for i in range(len(names))]
    drawn = [
        bar(bar_kind(which, value), marks.box(0, value, (left + which * width, width)), f"{name}: {form(value)}")
        for which, (_, values) in enumerate(series)
        for left, name, value in zip(places, names, values, strict=True)
        if value is not None
    ]
    behind = axis(marks, form) + bands(told(names, series, form), slot, 0)
    svg = picture(label, behind + "".join(drawn) + names_below(names, slot, slot / 2))
    return twin(svg, names, series, form)


def told(names: Sequence[str], series: Sequence[tuple[str, Amounts]], form: Format) -> list[str]:
    """Return what stands at each name, in words: of several series each with its title."""
    alone = len(series) == 1
    found = []
    for n, name in enumerate(names):
        words = [said(values[n], form) if alone else f"{title} {said(values[n], form)}" for title, values in series]
        found.append(f"{name}: {', '.join(words)}")
    return found


def said(value: float | None, form: Format) -> str:
    """Return a value as it is written in a table."""
    return NO_DATA if value is None else form(value)


def bar_kind(which: int, value: float) -> str:
    """Return the classes of a bar of one of several series."""
    if which:
        return f"bar bar-{which + 1}"
    return "bar negative" if value < 0 else "bar"


def lines(
    names: Sequence[str], series: Sequence[tuple[str, Amounts]], label: str, form: Format = formats.plain_number
) -> Chart:
    """Return up to four lines over the same names; each differs in colour and in dash, and breaks where nothing is."""
    marks = scale(known(series))
    step = (WIDTH - LEFT - 36) / max(len(names) - 1, 1)
    body = ""
    for which, (_, values) in enumerate(series, start=1):
        points = [None if v is None else (LEFT + 8 + n * step, marks.y(v)) for n, v in enumerate(values)]
        body += "".join(stroke(which, run) for run in runs(points))
    over = bands(told(names, series, form), step, 8 - step / 2)
    svg = picture(label, axis(marks, form) + body + over + names_below(names, step, 8))
    return twin(svg, names, series, form)


def known(series: Sequence[tuple[str, Amounts]]) -> list[float]:
    """Return the values that are there."""
    return [value for _, values in series for value in values if value is not None]


Point = tuple[float, float]


def runs(points: Sequence[Point | None]) -> list[list[Point]]:
    """Return the stretches without a gap."""
    found: list[list[Point]] = [[]]
    for point in points:
        if point is None:
            found.append([])
        else:
            found[-1].append(point)
    return [run for run in found if run]


def stroke(which: int, run: Sequence[Point]) -> str:
    """Return a line through points; a dot for one alone."""
    if len(run) == 1:
        return f'<circle class="dot series-{which}" cx="{run[0][0]:.1f}" cy="{run[0][1]:.1f}" r="3"/>'
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
    return f'<polyline class="series series-{which}" points="{path}"/>'


def twin(svg: Markup, names: Sequence[str], series: Sequence[tuple[str, Amounts]], form: Format) -> Chart:
    """Return a drawing of series with its table, and a key where there are several."""
    titles = [title for title, _ in series]
    rows = tuple((name, *(said(values[n], form) for _, values in series)) for n, name in enumerate(names))
    return Chart((legend(titles) if len(series) > 1 else Markup("")) + svg, ("", *titles), rows)


def waterfall(steps: Sequence[Step], label: str, form: Format = formats.plain_number) -> Chart:
    """Return how one level became another: totals stand on the ground, changes hang between them."""
    spans, level = [], 0.0
    for step in steps:
        start, level = (0.0, step.value) if step.total else (level, level + step.value)
        spans.append((start, level))
    marks = scale([edge for span in spans for edge in span])
    slot = (WIDTH - LEFT) / max(len(steps), 1)
    drawn = []
    for i, (step, (start, end)) in enumerate(zip(steps, spans, strict=True)):
        left = LEFT + i * slot
        box = marks.box(start, end, (left, slot))
        drawn.append(bar(f"bar {_kind(step)}", box, f"{step.label}: {form(step.value)}"))
        drawn.append(text("value", left + slot / 2, box.y - 4, _signed(step, form)))
    svg = picture(label, axis(marks, form) + "".join(drawn) + names_below([s.label for s in steps], slot, slot / 2))
    rows = tuple((s.label, _signed(s, form), form(end)) for s, (_, end) in zip(steps, spans, strict=True))
    return Chart(svg, ("Step", "Change", "Level"), rows)


def _kind(step: Step) -> str:
    if step.total:
        return "total"
    return "up" if step.value >= 0 else "down"


def _signed(step: Step, form: Format) -> str:
    return form(step.value) if step.total or step.value < 0 else f"+{form(step.value)}"


def funnel(stages: Sequence[tuple[str, int]], label: str) -> Chart:
    """Return stages as ever shorter bars, each with its share of the first and of the one before."""
    row, left = 36, 150
    first = before = max(stages[0][1], 1) if stages else 1
    drawn, rows = [], []
    for i, (name, count) in enumerate(stages):
        width = max((WIDTH - 330) * count / first, 2)
        number, share = formats.number(count), formats.percent(count / first)
        drawn.append(bar("bar", Box(left, i * row + 4, width, row - 10), f"{name}: {number}"))
        drawn.append(text("name end", left - 8, i * row + 23, name))
        drawn.append(text("value start", left + 8 + width, i * row + 23, f"{number} · {share}"))
        rows.append((name, number, share, formats.percent(count / max(before, 1))))
        before = count
    svg = picture(label, "".join(drawn), height=row * max(len(stages), 1))
    return Chart(svg, ("Stage", "Count", "Of first", "Of the stage before"), tuple(rows))


def heat_map(
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[float | None]]],
    label: str,
    form: Format = formats.percent,
) -> Chart:
    """Return cells shaded in five steps, each with its value written in it; None is an empty cell."""
    left, row = 90, 26
    present = [value for _, values in rows for value in values if value is not None] or [0.0]
    low, span = min(present), (max(present) - min(present)) or 1
    cell = (WIDTH - left) / max(len(columns), 1)
    drawn = [text("name", left + (i + 0.5) * cell, 14, name) for i, name in enumerate(columns)]
    for line, (name, values) in enumerate(rows, start=1):
        drawn.append(text("name end", left - 8, line * row + 13, name))
        for i, value in enumerate(values):
            if value is not None:
                shade = 1 + round((value - low) / span * 4)
                box = Box(left + i * cell + 1, line * row - 5, cell - 2, row - 2)
                drawn.append(bar(f"cell heat-{shade}", box, f"{name}, {columns[i]}: {form(value)}"))
                drawn.append(text(f"value heat-text-{shade}", left + (i + 0.5) * cell, line * row + 12, form(value)))
    svg = picture(label, "".join(drawn), height=row * (len(rows) + 1))
    table = tuple((name, *("" if v is None else form(v) for v in values)) for name, values in rows)
    return Chart(svg, ("", *columns), table)

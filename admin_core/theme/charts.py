"""Small charts as SVG text: pure functions of values. Each comes with its rows, so that a table twin always exists.

Colours and fonts are classes of the stylesheet; geometry is attributes. No script draws any of this.
"""
# ruff: noqa: S704 - every value is escaped where it enters the markup

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from admin_core.theme import formats

Format = Callable[[float], str]
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 220, 56, 24, 10
STEPS = 4


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
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = (width - 4) / (len(values) - 1)
    points = [(2 + i * step, height - 3 - (v - low) / span * (height - 6)) for i, v in enumerate(values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Markup(
        f'<svg class="sparkline" viewBox="0 0 {width} {height}" aria-hidden="true" preserveAspectRatio="none">'
        f'<polyline points="{path}"/></svg>'
    )


def bars(points: Sequence[tuple[str, float]], label: str, form: Format = formats.plain_number) -> Chart:
    """Return one bar per point, e.g. per month; values may be negative."""
    values = [value for _, value in points]
    low, high = _bounds(values)
    slot = (WIDTH - LEFT) / max(len(points), 1)
    body = []
    for i, (name, value) in enumerate(points):
        top, bottom = _y(max(value, 0), low, high), _y(min(value, 0), low, high)
        negative = " negative" if value < 0 else ""
        body.append(
            _bar(
                f"bar{negative}", LEFT + i * slot + slot * 0.15, top, slot * 0.7, bottom - top, f"{name}: {form(value)}"
            )
        )
    names = [name for name, _ in points]
    svg = _svg(label, _axis(low, high, form) + "".join(body) + _names(names, slot, slot / 2))
    return Chart(svg, ("", label), tuple((name, form(value)) for name, value in points))


def lines(
    names: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], label: str, form: Format = formats.plain_number
) -> Chart:
    """Return up to four lines over the same names; each line differs in colour and in dash."""
    low, high = _bounds([value for _, values in series for value in values])
    step = (WIDTH - LEFT - 12) / max(len(names) - 1, 1)
    body = ""
    for i, (_, values) in enumerate(series):
        path = " ".join(f"{LEFT + 4 + n * step:.1f},{_y(value, low, high):.1f}" for n, value in enumerate(values))
        body += f'<polyline class="series series-{i + 1}" points="{path}"/>'
    svg = _svg(label, _axis(low, high, form) + body + _names(names, step, 4))
    rows = [(name, *(form(values[n]) for _, values in series)) for n, name in enumerate(names)]
    return Chart(_legend([name for name, _ in series]) + svg, ("", *(name for name, _ in series)), tuple(rows))


def waterfall(steps: Sequence[Step], label: str, form: Format = formats.plain_number) -> Chart:
    """Return how one level became another: totals stand on the ground, changes hang between them."""
    spans, level = [], 0.0
    for step in steps:
        start, level = (0.0, step.value) if step.total else (level, level + step.value)
        spans.append((start, level))
    low, high = _bounds([edge for span in spans for edge in span])
    slot = (WIDTH - LEFT) / max(len(steps), 1)
    body = []
    for i, (step, (start, end)) in enumerate(zip(steps, spans, strict=True)):
        kind = "total" if step.total else "up" if step.value >= 0 else "down"
        top, bottom = _y(max(start, end), low, high), _y(min(start, end), low, high)
        body.append(
            _bar(
                f"bar {kind}",
                LEFT + i * slot + slot * 0.15,
                top,
                slot * 0.7,
                bottom - top,
                f"{step.label}: {form(step.value)}",
            )
        )
        text = form(step.value) if step.total or step.value < 0 else f"+{form(step.value)}"
        body.append(f'<text class="value" x="{LEFT + i * slot + slot / 2:.1f}" y="{top - 4:.1f}">{escape(text)}</text>')
    svg = _svg(label, _axis(low, high, form) + "".join(body) + _names([s.label for s in steps], slot, slot / 2))
    return Chart(
        svg,
        ("Step", "Change", "Level"),
        tuple((s.label, form(s.value), form(end)) for s, (_, end) in zip(steps, spans, strict=True)),
    )


def funnel(stages: Sequence[tuple[str, int]], label: str) -> Chart:
    """Return stages as ever shorter bars, each with its share of the first and of the one before."""
    first = max(stages[0][1], 1) if stages else 1
    row, body, rows = 36, [], []
    before = first
    for i, (name, count) in enumerate(stages):
        width = max((WIDTH - 330) * count / first, 2)
        of_first, of_before = formats.percent(count / first), formats.percent(count / max(before, 1))
        y = i * row
        body.append(_bar("bar", 150, y + 4, width, row - 10, f"{name}: {formats.number(count)}"))
        body.append(f'<text class="name end" x="142" y="{y + 23}">{escape(name)}</text>')
        body.append(
            f'<text class="value start" x="{158 + width:.1f}" y="{y + 23}">{formats.number(count)} · {of_first}</text>'
        )
        rows.append((name, formats.number(count), of_first, of_before))
        before = count
    svg = _svg(label, "".join(body), height=row * max(len(stages), 1))
    return Chart(svg, ("Stage", "Count", "Of first", "Of the stage before"), tuple(rows))


def heat_map(
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[float | None]]],
    label: str,
    form: Format = formats.percent,
) -> Chart:
    """Return cells shaded in five steps, each with its value written in it; None is an empty cell."""
    present = [value for _, values in rows for value in values if value is not None]
    low, high = (min(present), max(present)) if present else (0.0, 1.0)
    cell, row = (WIDTH - 90) / max(len(columns), 1), 26
    body = [
        f'<text class="name" x="{90 + (i + 0.5) * cell:.1f}" y="14">{escape(name)}</text>'
        for i, name in enumerate(columns)
    ]
    for y, (name, values) in enumerate(rows, start=1):
        body.append(f'<text class="name end" x="82" y="{y * row + 13}">{escape(name)}</text>')
        for i, value in enumerate(values):
            if value is None:
                continue
            shade = 1 + round((value - low) / ((high - low) or 1) * 4)
            x = 90 + i * cell
            body.append(
                _bar(
                    f"cell heat-{shade}", x + 1, y * row - 5, cell - 2, row - 2, f"{name}, {columns[i]}: {form(value)}"
                )
            )
            body.append(
                f'<text class="value heat-text-{shade}" x="{x + cell / 2:.1f}" y="{y * row + 12}">{escape(form(value))}</text>'
            )
    svg = _svg(label, "".join(body), height=row * (len(rows) + 1))
    table = [(name, *("" if value is None else form(value) for value in values)) for name, values in rows]
    return Chart(svg, ("", *columns), tuple(table))


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    """Return round limits that contain zero and every value."""
    low, high = min([0.0, *values]), max([0.0, *values])
    if low == high:
        return 0.0, 1.0
    raw = (high - low) / STEPS
    magnitude = 10.0 ** len(str(int(raw))) / 10 if raw >= 1 else 10.0 ** -len(f"{1 / raw:.0f}")
    unit = next(magnitude * factor for factor in (1, 2, 2.5, 5, 10, 20) if magnitude * factor >= raw)
    return -(-low // -unit) * -unit if low < 0 else 0.0, -(-high // unit) * unit


def _y(value: float, low: float, high: float) -> float:
    return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)


def _axis(low: float, high: float, form: Format) -> str:
    marks = []
    for i in range(STEPS + 1):
        value = low + (high - low) * i / STEPS
        y = _y(value, low, high)
        marks.append(f'<line class="gridline" x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        marks.append(f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}">{escape(form(round(value, 6)))}</text>')
    return "".join(marks)


def _names(names: Sequence[str], slot: float, offset: float) -> str:
    every = max(1, -(-len(names) // 12))
    return "".join(
        f'<text class="name" x="{LEFT + i * slot + offset:.1f}" y="{HEIGHT - 6}">{escape(name)}</text>'
        for i, name in enumerate(names)
        if i % every == 0
    )


def _bar(kind: str, x: float, y: float, width: float, height: float, title: str) -> str:
    shape = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(height, 1):.1f}"'
    return f'<rect class="{kind}" {shape} rx="2"><title>{escape(title)}</title></rect>'


def _legend(names: Sequence[str]) -> Markup:
    keys = Markup("").join(Markup('<li class="key-{}">{}</li>').format(i + 1, name) for i, name in enumerate(names))
    return Markup('<ul class="legend">{}</ul>').format(keys)


def _svg(label: str, body: str, height: int = HEIGHT) -> Markup:
    return Markup(
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">{body}</svg>'
    )

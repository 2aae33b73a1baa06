"""The strokes that charts are made of: scale, axis, bar, text, frame. Geometry is attributes, looks are classes."""
# ruff: noqa: S704 - every value is escaped where it enters the markup

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

Format = Callable[[float], str]
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 220, 64, 24, 16
MARKS, MOST_NAMES = 4, 12


class Box(NamedTuple):
    """A rectangle from its top left corner."""

    x: float
    y: float
    width: float
    height: float


class Scale(NamedTuple):
    """The marks of the vertical axis: round values that contain zero and everything drawn."""

    marks: tuple[float, ...]

    def y(self, value: float) -> float:
        """Return how far down a value is drawn."""
        top, bottom = self.marks[-1], self.marks[0]
        return TOP + (top - value) / (top - bottom) * (HEIGHT - TOP - BOTTOM)

    def box(self, start: float, end: float, slot: tuple[float, float]) -> Box:
        """Return the bar between two values in a slot (its left edge and width)."""
        left, width = slot
        top, bottom = self.y(max(start, end)), self.y(min(start, end))
        return Box(left + width * 0.15, top, width * 0.7, bottom - top)


def scale(values: Sequence[float]) -> Scale:
    """Return about four round marks around the values."""
    low, high = min([0.0, *values]), max([0.0, *values])
    high = 1.0 if low == high else high
    raw = (high - low) / MARKS
    magnitude = 10.0 ** math.floor(math.log10(raw))
    unit = next(magnitude * factor for factor in (1, 2, 2.5, 5, 10) if magnitude * factor >= raw * 0.999999)
    steps = range(math.floor(low / unit), math.ceil(high / unit) + 1)
    return Scale(tuple(round(n * unit, 9) for n in steps))


def axis(marked: Scale, form: Format) -> str:
    """Return the horizontal lines with their values at the left."""
    parts = []
    for mark in marked.marks:
        y = marked.y(mark)
        zero = " zero" if mark == 0 else ""
        parts.append(f'<line class="gridline{zero}" x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(text("tick", LEFT - 6, y + 4, form(mark)))
    return "".join(parts)


def names_below(names: Sequence[str], step: float, offset: float) -> str:
    """Return the names under the drawing; of many, every second or third."""
    every = max(1, -(-len(names) // MOST_NAMES))
    shown = [(i, name) for i, name in enumerate(names) if i % every == 0]
    return "".join(text("name", LEFT + i * step + offset, HEIGHT - 6, name) for i, name in shown)


def bar(kind: str, box: Box, title: str) -> str:
    """Return a rectangle whose words appear under the pointer."""
    shape = f'x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{max(box.height, 1):.1f}"'
    return f'<rect class="{kind}" {shape} rx="2"><title>{escape(title)}</title></rect>'


def bands(words: Sequence[str], step: float, offset: float) -> str:
    """Return a stretch for each name, as high as the drawing: what stands there appears under the pointer."""
    lefts = (LEFT + n * step + offset for n in range(len(words)))
    places = (Box(max(left, LEFT), TOP, step, HEIGHT - TOP - BOTTOM) for left in lefts)
    return "".join(bar("band", place, said) for place, said in zip(places, words, strict=True))


def text(kind: str, x: float, y: float, words: str) -> str:
    """Return words at a place; the class says where they are anchored."""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def legend(names: Sequence[str]) -> Markup:
    """Return the key of several lines."""
    keys = (Markup('<li class="key-{}">{}</li>').format(i, name) for i, name in enumerate(names, start=1))
    return Markup('<ul class="legend">{}</ul>').format(Markup("").join(keys))


def picture(label: str, body: str, height: int = HEIGHT) -> Markup:
    """Return the finished drawing, named for those who can't see it."""
    named = f'role="img" aria-label="{escape(label)}"'
    return Markup(f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" {named}>{body}</svg>')

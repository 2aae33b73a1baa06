"""Values as markup, made by plain functions: a list of 50 rows calls these a thousand times, so no macro per cell."""
# ruff: noqa: S704 - every value is escaped where it enters the markup

import json
from datetime import UTC, date, datetime
from typing import Any

from markupsafe import Markup, escape

from admin_core.theme import formats
from admin_core.theme.frame import TONES
from admin_core.theme.icons import icon

ALIASES = {"muted": "neutral", "secondary": "neutral", "primary": "accent", "error": "danger", "message": "info"}
"""Words that schema authors and Flask's flash categories use for our tones."""
DASH = Markup('<span class="nothing">&ndash;<span class="visually-hidden">nothing</span></span>')


def tone(word: str) -> str:
    """Return one of our tones; an unknown word is neutral."""
    known = ALIASES.get(word, word)
    return known if known in TONES else "neutral"


def badge(text: object, colour: str = "neutral") -> Markup:
    """Return a status badge: a dot in the tone's colour and the word, never the colour alone."""
    return Markup(f'<span class="tone tone-{tone(colour)}">{escape(text)}</span>')


def moment_cell(value: datetime | None, now: datetime | None = None) -> Markup:
    """Return a moment as ``3 h ago`` whose title and machine form are exact."""
    if value is None:
        return DASH
    text = formats.relative(value, now or datetime.now(UTC))
    return Markup(
        f'<time datetime="{formats.local(value).isoformat(timespec="seconds")}"'
        f' title="{formats.absolute(value)}">{text}</time>'
    )


def exact_moment_cell(value: datetime | None) -> Markup:
    """Return a moment as a detail page shows it; in the title to the microsecond."""
    if value is None:
        return DASH
    text = formats.absolute(value).replace(" ", formats.NBSP)
    exact = formats.local(value).isoformat()
    return Markup(f'<time datetime="{exact}" title="{exact}">{text}</time>')


def date_cell(value: date | None) -> Markup:
    """Return a calendar day."""
    return DASH if value is None else Markup(f'<time datetime="{formats.day(value)}">{formats.day(value)}</time>')


def money_cell(cents: int | None, currency: str = "ZAR") -> Markup:
    """Return an amount; negative ones are also marked for the eye."""
    if cents is None:
        return DASH
    negative = " negative" if cents < 0 else ""
    return Markup(f'<span class="num{negative}">{escape(formats.money(cents, currency))}</span>')


def number_cell(value: float | None, unit: str = "") -> Markup:
    """Return a number with its unit, figures of equal width."""
    if value is None:
        return DASH
    text = formats.plain_number(value) + (formats.NBSP + unit if unit else "")
    return Markup(f'<span class="num">{escape(text)}</span>')


def percent_cell(share: float | None, n: int | None = None) -> Markup:
    """Return a share with one decimal and what it is a share of."""
    return DASH if share is None else Markup(f'<span class="num">{escape(formats.percent(share, n))}</span>')


def boolean_cell(value: bool | None) -> Markup:
    """Return yes or no, as a sign and a word."""
    if value is None:
        return DASH
    return (
        Markup('<span class="yes">{} Yes</span>').format(icon("check"))
        if value
        else Markup('<span class="no">No</span>')
    )


def text_cell(value: str | None, limit: int = 80) -> Markup:
    """Return text on one line, cut with its whole in the title."""
    if value is None:
        return DASH
    if value == "":
        return Markup('<span class="nothing">empty</span>')
    if len(value) <= limit:
        return escape(value)
    return Markup('<span title="{}">{}…</span>').format(value[:1000], value[: limit - 1])


def masked_cell(hint: str = "Hidden from your role") -> Markup:
    """Return the sign that a value exists but is not shown."""
    return Markup('<span class="masked" title="{}">••••••<span class="visually-hidden">{}</span></span>').format(
        hint, hint
    )


def link_cell(text: object, url: str) -> Markup:
    """Return a link to another record."""
    return Markup(f'<a href="{escape(url)}">{escape(text)}</a>')


def tags_cell(values: list[Any] | tuple[Any, ...] | None, limit: int = 6) -> Markup:
    """Return short values side by side; the rest is counted."""
    if not values:
        return DASH
    shown = Markup("").join(Markup('<span class="tag">{}</span>').format(value) for value in values[:limit])
    rest = len(values) - limit
    return shown + Markup(' <span class="nothing">+{}</span>').format(rest) if rest > 0 else shown


def code_block(value: object) -> Markup:
    """Return text or data as it is stored; data is indented. Scrollable by keyboard."""
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return Markup('<pre class="code" tabindex="0"><code>{}</code></pre>').format(text)

"""The icons of the sprite and the markup that uses one. An unknown name draws a neutral shape."""
# ruff: noqa: S704 - every value is escaped where it enters the markup

import re
from functools import cache

from markupsafe import Markup, escape

from admin_core.theme.assets import STATIC, asset

SPRITE = STATIC / "vendor" / "icons" / "icons.svg"
ICONS: frozenset[str] = frozenset(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")))
"""Names that a model, page or action may use for its icon (Tabler outline icons)."""

FALLBACK = "point"


@cache
def icon(name: str, label: str = "") -> Markup:
    """Return an icon; decorative unless it has a label that a screen reader should say."""
    known = name if name in ICONS else FALLBACK
    href = f"{asset('vendor/icons/icons.svg')}#{known}"
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(f'<svg class="icon" {said}><use href="{href}"/></svg>')

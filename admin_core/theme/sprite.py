"""Rebuild the icon sprite: ``python -m admin_core.theme.sprite FOLDER [NAME …]`` adds icons to those it has.

FOLDER is an unpacked @tabler/icons package.
"""

import re
import sys
from pathlib import Path

from admin_core.theme.icons import ICONS, SPRITE

BOUNDS = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


def symbol(name: str, source: str) -> str:
    """Return one icon as a symbol; stroke and size come from the stylesheet of the page that uses it."""
    body = source[source.index(">", source.index("<svg")) + 1 : source.rindex("</svg>")].replace(BOUNDS, "")
    compact = re.sub(r">\s+<", "><", body.strip())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{compact}</symbol>'


def sprite(folder: Path, names: frozenset[str]) -> str:
    """Return the named icons in one SVG document."""
    outline = folder / "icons" / "outline"
    symbols = [symbol(name, (outline / f"{name}.svg").read_text(encoding="utf-8")) for name in sorted(names)]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    SPRITE.write_text(sprite(Path(sys.argv[1]), ICONS | set(sys.argv[2:])), encoding="utf-8")

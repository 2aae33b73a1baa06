"""What one text changed in another, as markup: words that went, words that came."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from markupsafe import Markup, escape

WORDS, LINES = re.compile(r"\s+|\w+|[^\w\s]"), re.compile(r"[^\n]*\n|[^\n]+")
MOST = 4_000
"""Beyond so many words whole lines are compared, and beyond so many lines nothing: the time grows with the square."""


def difference(before: str, after: str) -> Markup:
    """Return the newer text with what was taken out of the older one, and what was put in."""
    return Markup('<div class="marked-diff">{}</div>').format(Markup("").join(pieces(before, after)))


def pieces(before: str, after: str) -> Iterator[Markup]:
    """Yield the parts in order; what is equal stands plain."""
    old, new = parts_of(before, after)
    # What stands everywhere, such as spaces, begins no match: else two long texts with nothing in common took 26 s.
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=True).get_opcodes():
        if what == "equal":
            yield escape("".join(old[i:j]))
            continue
        if i < j:
            yield Markup("<del>{}</del>").format("".join(old[i:j]))
        if k < m:
            yield Markup("<ins>{}</ins>").format("".join(new[k:m]))


def parts_of(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return both texts in words, in lines when they are long, or each as a whole."""
    for part in (WORDS, LINES):
        old, new = part.findall(before), part.findall(after)
        if len(old) + len(new) <= MOST:
            return old, new
    return [before], [after]

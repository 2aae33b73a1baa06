"""Markdown as markup that is safe to show, whoever wrote it and wherever it was pasted from.

Two walls: the parser takes no HTML, and no links but to web, mail and phone addresses; what it makes is then built anew
by a sanitiser that keeps nothing but the tags below. Pictures become links: our security policy would block them, and
fetching one tells its server who reads what.
"""

from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

TAGS = frozenset(
    "p br hr strong em s code pre blockquote ul ol li a table thead tbody tr th td".split()  # noqa: SIM905 (readable)
)
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
HEADING = "marked-heading"
REL = "nofollow noopener noreferrer"


def marked(text: str) -> Markup:
    """Return Markdown as markup; line breaks stay as they were typed."""
    html = nh3.clean(
        parser().render(text),
        tags=set(TAGS),
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        allowed_classes={"p": {HEADING}},
        url_schemes=set(SCHEMES),
        link_rel=REL,
    )
    return Markup('<div class="marked">{}</div>').format(Markup(html))  # noqa: S704 (sanitised just above)


@cache
def parser() -> MarkdownIt:
    """Return the parser: CommonMark with tables and strikethrough, without HTML, pictures and headings."""
    found = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    found.disable(["image", "html_block", "html_inline"])
    found.core.ruler.push("plain_headings", plain_headings)
    return found


def plain_headings(state: StateCore) -> None:
    """Make headings bold paragraphs: the page has an order of headings, which a note must not break."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "p"
        if token.type == "heading_open":
            token.attrSet("class", HEADING)

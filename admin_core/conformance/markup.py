"""What the content security policy would block, found in the source of templates and in finished pages. Pure."""

import re
from html.parser import HTMLParser

FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    "inline style element": r"<style",
    "style attribute": r"\sstyle\s*=",
    "inline handler": r"\son[a-z]+\s*=",
    "javascript: address": r"javascript:",
    "other host": r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""",
    "hx-on": r"hx-on",
    "js: value": r"""["']js:""",
    "trigger filter": r"hx-trigger=\"[^\"]*\[",
    "hx without target": r"<[^>]*hx-(?:get|post)=(?![^>]*hx-target)[^>]*>",
    "Bootstrap script": r"data-bs-(?:toggle|dismiss|target)",
    "unsafe": r"\|\s*safe\b",
}
"""What no template may hold, by name."""
LOADS = {"src", "srcset", "poster", "action", "formaction", "data"}
"""Attributes whose address the browser fetches or sends a form to; a link that people click may lead anywhere."""
ELSEWHERE = re.compile(r"\s*([a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)


def in_template(source: str) -> list[str]:
    """Return the names of what a template's source holds and may not."""
    text = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}", " ", text, flags=re.DOTALL)
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]


def in_page(html: str) -> list[str]:
    """Return what the policy would block in a finished page, each with its element."""
    reader = PageReader()
    reader.feed(html)
    return reader.found


class PageReader(HTMLParser):
    """Collects what the policy would block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge one element."""
        words = {name: value or "" for name, value in attrs}
        if tag == "style":
            self.found.append("inline style element")
        if tag == "script" and "src" not in words and words.get("type") != "application/json":
            self.found.append("inline script")
        self.found += [f"{problem} on <{tag}>" for name, value in words.items() for problem in judged(tag, name, value)]

    handle_startendtag = handle_starttag


def judged(tag: str, name: str, value: str) -> list[str]:
    """Return what is wrong about one attribute."""
    if name == "style":
        return ["style attribute"]
    if name.startswith(("on", "hx-on")):
        return [f"inline handler {name}"]
    if value.strip().lower().startswith(("javascript:", "js:")):
        return [f"script in {name}"]
    if name == "hx-trigger" and "[" in value:
        return ["trigger filter"]
    fetched = name in LOADS or (tag == "link" and name == "href") or name.startswith(("hx-get", "hx-post"))
    return [f"other host in {name}"] if fetched and ELSEWHERE.match(value) else []

"""Permission patterns in words, and back: what one means, what it covers now, and what somebody typed. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from admin_core.policy import covers
from admin_core.policy.person import NEGATIVE
from admin_core.team.permissions import CLASSES, Known

PATTERN = re.compile(r"!?[A-Za-z0-9_@*][A-Za-z0-9_@*:. -]*")
LONGEST, MOST = 120, 400
VERBS = {
    "*": "do anything with",
    "read": "see",
    "create": "add",
    "edit": "edit",
    "delete": "delete",
    "export": "export",
    "import": "import",
}


@dataclass(frozen=True)
class Explained:
    """A pattern in words."""

    pattern: str
    sentence: str
    takes: bool
    """True: it takes away, whatever the others give."""
    matches: tuple[Known, ...]


def explained(pattern: str, known: Iterable[Known]) -> Explained:
    """Return what a pattern says and covers at present."""
    takes, plain = pattern.startswith(NEGATIVE), pattern.removeprefix(NEGATIVE)
    one = frozenset({plain})
    matches = tuple(each for each in known if covers(one, each.names))
    words = meaning(plain, matches)
    return Explained(pattern, f"Never: {words}." if takes else f"{words[:1].upper()}{words[1:]}.", takes, matches)


def meaning(pattern: str, matches: tuple[Known, ...]) -> str:
    """Return what a pattern without its exclamation mark says."""
    if pattern == "*":
        return "everything, also what later versions bring"
    if pattern == "*:read":
        return "see everything: records, pages, figures, and personal data in clear"
    if len(matches) == 1 and "*" not in pattern:
        return matches[0].label
    area, _, rest = pattern.partition(":")
    noun, _, verb = rest.partition(":")
    said = {"data": records, "pii": personal, "page": page}.get(area)
    if said is not None and noun and "*" not in area:
        return said(noun, verb or "*")
    return f"every permission called {pattern}"


def records(noun: str, verb: str) -> str:
    """Return the words of ``data:NOUN:VERB``."""
    deed = VERBS.get(verb, f"“{verb}”")
    if noun == "*":
        return f"{deed} all records"
    if noun.startswith("@"):
        return f"{deed} all records under {noun[1:]}" if "*" not in noun else f"{deed} records under {noun[1:]}"
    return f"{deed} records of the tables called {noun}" if "*" in noun else f"{deed} {noun.replace('_', ' ')}"


def personal(noun: str, verb: str) -> str:
    """Return the words of ``pii:CLASS:VERB``."""
    what = "personal data of every class" if noun == "*" else CLASSES.get(noun, noun)
    how = {"read": "see {} in clear", "reveal": "reveal {} one by one, giving a reason"}
    return how.get(verb, "see or reveal {}").format(what)


def page(noun: str, _verb: str) -> str:
    """Return the words of ``page:NOUN:read``."""
    if noun == "*":
        return "open every page"
    return f"open the pages whose name is like {noun}" if "*" in noun else f"open the page {noun}"


def read_patterns(text: str) -> list[str]:
    """Return the patterns on the lines, each once; ValueError with a sentence for a line that is none."""
    lines = [line.strip() for line in text.replace("\x00", "").replace(",", "\n").splitlines() if line.strip()]
    if len(lines) > MOST:
        raise ValueError(f"Use at most {MOST} patterns; these are {len(lines)}.")
    for line in lines:
        if len(line) > LONGEST or not PATTERN.fullmatch(line):
            raise ValueError(
                f"“{line[:80]}” is no pattern. Write area:noun:verb, such as data:@Support:read; a star stands for"
                " everything, an exclamation mark in front takes away."
            )
    return list(dict.fromkeys(lines))


def without_effect(patterns: Iterable[str], known: Iterable[Known]) -> list[str]:
    """Return the patterns that cover nothing at present: most often a slip of the pen."""
    every = tuple(known)
    return [each for each in patterns if not explained(each, every).matches]

"""Patterns in words and back, and the list of every permission."""

import re
from pathlib import Path

import pytest
from flask import Flask

from admin_core.app import create_app
from admin_core.machine import EXTENSION
from admin_core.policy.rules import OF_CORE
from admin_core.settings import Settings
from admin_core.team.permissions import Known, known_permissions
from admin_core.team.role_form import choices, read_amount, typed_amount
from admin_core.team.wording import MOST, explained, read_patterns, without_effect

PROJECT = Path(__file__).parents[3]
KNOWN = (
    Known(("data:tickets:read", "data:@Support:read"), "see tickets", "Records: Support"),
    Known(("data:tickets:edit", "data:@Support:edit"), "edit tickets", "Records: Support"),
    Known(("pii:contact:read",), "see addresses in clear", "Personal data"),
    Known(("page:system:read",), "open System", "Pages"),
)


@pytest.fixture(scope="module")
def app() -> Flask:
    words = {"database_url": "postgresql+psycopg://x/y", "redis_url": "redis://x", "secret_key": "k" * 40}
    return create_app(Settings(**words, env="test"))


@pytest.fixture(scope="module")
def known(app: Flask) -> tuple[Known, ...]:
    return known_permissions(app.extensions[EXTENSION], app)


@pytest.mark.parametrize(
    ("pattern", "sentence", "covers"),
    [
        ("*", "Everything, also what later versions bring.", 4),
        ("data:@Support:*", "Do anything with all records under Support.", 2),
        ("data:@Support:read", "See tickets.", 1),
        ("data:tickets:edit", "Edit tickets.", 1),
        ("data:*:read", "See all records.", 1),
        ("data:tick*:edit", "Edit records of the tables called tick*.", 1),
        ("data:faq_entries:read", "See faq entries.", 0),
        ("pii:*:read", "See personal data of every class in clear.", 1),
        ("pii:*", "See or reveal personal data of every class.", 1),
        ("!pii:contact:*", "Never: see or reveal e-mail addresses, phone numbers and postal addresses.", 1),
        ("page:*:read", "Open every page.", 1),
        ("!page:staff*", "Never: open the pages whose name is like staff*.", 0),
        ("*:read", "See everything: records, pages, figures, and personal data in clear.", 3),
        ("b*:read", "Every permission called b*:read.", 0),
        ("!*", "Never: everything, also what later versions bring.", 4),
    ],
)
def test_a_pattern_says_what_it_means_and_covers(pattern: str, sentence: str, covers: int) -> None:
    found = explained(pattern, KNOWN)
    assert (found.sentence, len(found.matches), found.takes) == (sentence, covers, pattern.startswith("!"))


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("", []),
        (" data:x:read \n\n!data:y:*, *", ["data:x:read", "!data:y:*", "*"]),
        ("a:b:c\na:b:c", ["a:b:c"]),
        ("data:@AI quality:read", ["data:@AI quality:read"]),
    ],
)
def test_typed_patterns_are_read(text: str, patterns: list[str]) -> None:
    assert read_patterns(text) == patterns


@pytest.mark.parametrize("text", ["a b?", "<script>", "a" * 121, "!!x", "\n".join(f"a:b:{n}" for n in range(MOST + 1))])
def test_what_is_no_pattern_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"no pattern|at most"):
        read_patterns(text)


def test_patterns_that_cover_nothing_are_named() -> None:
    assert without_effect(["*", "data:ticket:read", "!page:system:*"], KNOWN) == ["data:ticket:read"]


def test_every_pattern_of_a_role_stands_in_the_editor_once() -> None:
    patterns = ("data:@Support:read", "pii:contact:read", "data:tickets:edit", "!page:*")
    offered = choices(KNOWN, patterns)
    ticked = [box.pattern for _, row in (*offered.sections, *offered.grid.rows) for box in row if box.chosen]
    assert sorted([*ticked, *offered.further]) == sorted(patterns)


@pytest.mark.parametrize(
    ("text", "cents"), [("", None), ("0", 0), ("R 5 000", 500_000), ("249,50", 24_950), ("1.1", 110)]
)
def test_an_amount_is_read_and_shown_again(text: str, cents: int | None) -> None:
    assert read_amount(text) == cents
    assert read_amount(typed_amount(cents)) == cents


def test_every_permission_has_words_and_stands_once(known: tuple[Known, ...]) -> None:
    assert all(each.label and each.section for each in known)
    names = [each.name for each in known]
    assert len(names) == len(set(names))
    assert {"core:roles:edit", "page:staff:read", "support:tickets:read", "data:tickets:read"} <= set(names)
    assert not any(each.label == each.name for each in known)


def test_every_permission_of_core_in_the_source_is_known(known: tuple[Known, ...]) -> None:
    written = {
        name
        for path in (PROJECT / "admin_core").rglob("*.py")
        for name in re.findall(r"\"((?:core|page):[a-z_]+:[a-z_]+)\"", path.read_text())
    }
    rules = {rule.name for rule in OF_CORE}  # they are lifted, not granted
    assert written - {each.name for each in known} - rules == set()


def test_a_box_says_what_other_patterns_do_to_it() -> None:
    offered = choices(KNOWN, ("data:@Support:*", "page:*:read", "pii:contact:read", "!pii:*"))
    notes = {box.pattern: box.note for _, row in (*offered.sections, *offered.grid.rows) for box in row}
    assert notes["page:system:read"] == notes["data:@Support:read"] == "given by a pattern below"
    assert notes["pii:contact:read"] == "taken away by a pattern below"
    assert notes["data:@Support:*"] == ""

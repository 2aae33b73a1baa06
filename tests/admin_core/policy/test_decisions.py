"""Patterns, and the matrix of the shipped roles."""

import uuid
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.policy import (
    MASK,
    VERBS,
    Person,
    Refused,
    grants,
    masked,
    may,
    may_page,
    may_probe,
    may_reveal,
    readable_columns,
    require,
    require_permission,
    sees,
    why_not,
)
from admin_core.policy.roles import SHIPPED
from schema import load_models
from schema.base import Base
from schema.tags import PII_CLASSES, Pii, options_of


@dataclass(frozen=True)
class Column:
    key: str
    pii: Pii = "none"


@dataclass(frozen=True)
class Model:
    key: str
    group: str
    columns: dict[str, Column] = field(default_factory=dict)
    model: type[Any] = object

    @property
    def plural(self) -> str:
        return self.key.capitalize()


ROLES = {role.name: role for role in SHIPPED}


def person(*roles: str, permissions: tuple[str, ...] = ()) -> Person:
    patterns = frozenset(permissions).union(*(ROLES[role].permissions for role in roles))
    return Person(id=uuid.uuid4(), name="Ada", roles=roles, permissions=patterns)


PATTERNS = [
    (["*"], "data:customers:read", True),
    ([], "data:customers:read", False),
    (["data:*:read"], "data:customers:read", True),
    (["data:*:read"], "data:customers:edit", False),
    (["data:customers:*"], "data:customers:edit", True),
    (["data:customers:*"], "data:customers_old:edit", False),
    (["data:Customers:*"], "data:customers:edit", False),
    (["*", "!data:prompts:*"], "data:prompts:read", False),
    (["!data:prompts:*", "data:prompts:read"], "data:prompts:read", False),
    (["!data:prompts:*"], "data:tickets:read", False),
    (["*", "!*"], "data:tickets:read", False),
    (["plugin:noun:verb"], "plugin:noun:verb", True),
    (["*:read"], "plugin:noun:read", True),
]


@pytest.mark.parametrize(("patterns", "name", "granted"), PATTERNS)
def test_a_pattern_covers_what_it_says(patterns: list[str], name: str, granted: bool) -> None:
    assert grants(frozenset(patterns), name) is granted


words = st.sampled_from(["data", "@Support", "tickets", "read", "edit", "*", "page", "t*s"])
names = st.lists(words.filter(lambda word: "*" not in word), min_size=3, max_size=3).map(":".join)
patterns = st.builds("{}{}".format, st.sampled_from(["", "!"]), st.lists(words, min_size=1, max_size=3).map(":".join))


@given(given_patterns=st.frozensets(patterns, max_size=6), name=names, taken=names)
def test_taking_away_wins_and_giving_never_takes(given_patterns: frozenset[str], name: str, taken: str) -> None:
    assert not grants(given_patterns | {"*", f"!{taken}"}, taken)
    positive = frozenset(p for p in given_patterns if not p.startswith("!"))
    if grants(given_patterns, name):
        assert any(fnmatchcase(name, p) for p in positive)
        assert grants(given_patterns | {"data:*"}, name)
    if not grants(positive, name):
        assert not grants(given_patterns, name)


@given(given_patterns=st.frozensets(patterns, max_size=6), first=names, second=names)
def test_one_of_two_names_is_enough_and_one_refusal_too(
    given_patterns: frozenset[str], first: str, second: str
) -> None:
    both = grants(given_patterns, first, second)
    assert both == grants(given_patterns, second, first)
    assert not both or grants(given_patterns, first) or grants(given_patterns, second)
    assert not grants(given_patterns | {"*", f"!{second}"}, first, second)


MATRIX = """
model            Owner  Support  Viewer
customers        rcedxi  re       r
people           rcedxi  re       r
tickets          rcedxi  rced     r
ticket_messages  rcedxi  rced     r
faq_entries      rcedxi  rced     r
subscriptions    rcedxi  r        r
payments         rcedxi  r        r
invoices         rcedxi  r        r
refunds          rcedxi  r        r
mrr_movements    rcedxi  -        r
provider_costs   rcedxi  -        r
vat_periods      rcedxi  -        r
rollup_values    rcedxi  -        r
plans            rcedxi  r        r
prices           rcedxi  -        r
price_migrations rcedxi  -        r
ai_decisions     rcedxi  r        r
evidence_items   rcedxi  r        r
prompts          rcedxi  -        r
prompt_versions  rcedxi  -        r
prompt_labels    rcedxi  -        r
model_prices     rcedxi  -        r
training_exports rcedxi  -        r
usage_events     rcedxi  r        r
error_issues     rcedxi  r        r
imap_mailboxes   rcedxi  -        r
access_entries   rcedxi  -        -
subject_keys     rcedxi  -        -
staff_members    rcedxi  -        -
roles            rcedxi  -        -
settings         rcedxi  -        -
api_keys         rcedxi  -        -
audit_entries    rcedxi  -        -
change_sets      rcedxi  -        -
jobs             rcedxi  -        -
"""
LETTERS = dict(zip("rcedxi", VERBS, strict=True))


def matrix() -> list[tuple[str, str, str]]:
    head, *rows = [line.split() for line in MATRIX.strip().splitlines()]
    return [(key, role, cell) for key, *cells in rows for role, cell in zip(head[1:], cells, strict=True)]


@pytest.fixture(scope="module")
def groups() -> dict[str, str]:
    load_models()
    return {str(m.local_table.name): options_of(m.class_).group for m in Base.registry.mappers}


@pytest.mark.parametrize(("key", "role", "letters"), matrix())
def test_the_shipped_roles_may_exactly_this(groups: dict[str, str], key: str, role: str, letters: str) -> None:
    allowed = {verb for verb in VERBS if may(person(role), verb, Model(key, groups[key]))}
    assert allowed == {LETTERS[letter] for letter in letters.strip("-")}


SIGHTS = {
    "Owner": dict.fromkeys(PII_CLASSES, "clear") | {"secret": "never"},
    "Support": dict.fromkeys(PII_CLASSES, "clear")
    | {"secret": "never", "special": "reveal", "cv": "reveal", "ip": "reveal", "bank": "reveal"},
    "Viewer": dict.fromkeys(PII_CLASSES, "masked") | {"none": "clear", "business": "clear", "secret": "never"},
}


@pytest.mark.parametrize(("role", "pii"), [(role, pii) for role in SIGHTS for pii in PII_CLASSES])
def test_the_shipped_roles_see_exactly_this(role: str, pii: Pii) -> None:
    someone, column = person(role), Column("value", pii)
    expected = SIGHTS[role][pii]
    assert sees(someone, column) == expected.replace("reveal", "masked")
    assert may_reveal(someone, column) is (expected == "reveal")
    assert may_probe(someone, column) is (expected == "clear")
    assert masked(someone, column, "Nomsa") == ("Nomsa" if expected == "clear" else MASK)
    assert masked(someone, column, None) is None


@pytest.mark.parametrize(
    ("role", "pages"),
    [("Owner", {"home", "settings", "staff", "system"}), ("Support", {"home"}), ("Viewer", {"home"})],
)
def test_the_shipped_roles_open_exactly_these_pages(role: str, pages: set[str]) -> None:
    assert {page for page in ("home", "settings", "staff", "system") if may_page(person(role), page)} == pages


@pytest.mark.parametrize(("role", "granted"), [("Owner", True), ("Support", False), ("Viewer", True)])
def test_company_figures_are_not_for_support(role: str, granted: bool) -> None:
    assert person(role).has("finance:revenue:read") is granted


def test_two_roles_take_away_from_each_other() -> None:
    assert not may(person("Support", "Viewer"), "read", Model("prices", "Catalog"))


def test_a_refusal_says_what_is_missing() -> None:
    model = Model("tickets", "Support")
    with pytest.raises(Refused, match=r"You may not edit tickets as Viewer\. An Owner can add .*data:tickets:edit"):
        require(person("Viewer"), "edit", model)
    with pytest.raises(Refused, match="no role yet") as caught:
        require_permission(person(), "page:home:read", "open the home page")
    assert caught.value.permission == "page:home:read"
    require(person("Support"), "edit", model)
    assert why_not(person("Support"), "edit", model) == ""


def test_secret_columns_are_not_readable_and_nothing_is_without_read_access() -> None:
    columns = {c.key: c for c in (Column("id"), Column("email", "contact"), Column("password", "secret"))}
    model = Model("customers", "Customers", columns)
    assert [c.key for c in readable_columns(person("Owner"), model)] == ["id", "email"]
    assert [c.key for c in readable_columns(person("Viewer"), model)] == ["id", "email"]
    assert readable_columns(person(permissions=("data:tickets:read",)), model) == ()

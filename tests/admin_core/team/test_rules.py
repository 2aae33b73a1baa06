"""The laws of handing out permissions, over made-up roles and over everything there is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_core.policy import covers
from admin_core.policy.roles import SHIPPED
from admin_core.team import rules
from admin_core.team.rules import Limit

KNOWN = [
    *((f"data:{table}:{verb}", f"data:@{group}:{verb}") for table, group in
      (("tickets", "Support"), ("people", "Customers"), ("prices", "Catalog")) for verb in ("read", "edit")),
    *((name,) for name in ("pii:contact:read", "pii:cv:reveal", "page:system:read", "core:roles:edit")),
]  # fmt: skip
WORDS = [
    "*", "data:*", "data:@Support:*", "data:tickets:read", "data:t*:edit", "pii:*", "pii:contact:read", "*:read",
    "page:*:read", "core:roles:edit", "billing:x:y", "data:future:read",
]  # fmt: skip
patterns = st.frozensets(st.sampled_from([*WORDS, *(f"!{word}" for word in WORDS)]), max_size=5)
LATER = [("data:invented:read", "data:@Support:read"), ("billing:x:y",), ("data:future:read",), ("pii:genes:reveal",)]
"""What a later version may bring."""


@given(giver=patterns, before=patterns, after=patterns)
def test_what_is_allowed_hands_out_nothing_the_giver_lacks(
    giver: frozenset[str], before: frozenset[str], after: frozenset[str]
) -> None:
    beyond = rules.lacking(giver, before, after, KNOWN)
    new = rules.covered(after, KNOWN) - rules.covered(before, KNOWN)
    assert {each for each in new if not covers(giver, each)} <= beyond
    assert not any(covers(giver, each) for each in beyond)
    if not beyond:
        assert new <= rules.covered(giver, KNOWN)


@given(giver=patterns, before=patterns)
def test_taking_away_and_giving_what_is_there_is_always_allowed(giver: frozenset[str], before: frozenset[str]) -> None:
    assert not rules.lacking(giver, before, before, KNOWN)
    assert not rules.lacking(giver, before, frozenset(), KNOWN)
    assert not rules.lacking(giver, before, before | {"!*"}, KNOWN)


@given(before=patterns, after=patterns)
def test_who_may_everything_may_give_everything(before: frozenset[str], after: frozenset[str]) -> None:
    assert not rules.lacking(frozenset({"*"}), before, after, KNOWN)


@given(giver=patterns, roles=st.dictionaries(st.sampled_from("ABC"), patterns, min_size=1), after=patterns)
def test_no_holder_of_a_changed_role_gains_what_its_editor_lacks(
    giver: frozenset[str], roles: dict[str, frozenset[str]], after: frozenset[str]
) -> None:
    changed = next(iter(roles))
    if not rules.lacking_in_roles(giver, [roles], changed, after, KNOWN):
        before = rules.covered(rules.union(roles.values()), KNOWN)
        now = rules.covered(rules.union({**roles, changed: after}.values()), KNOWN)
        assert now - before <= rules.covered(giver, KNOWN)


@settings(max_examples=300)
@given(giver=st.frozensets(st.sampled_from(WORDS), max_size=5), after=st.frozensets(st.sampled_from(WORDS), max_size=3))
def test_what_is_given_without_negatives_holds_for_what_comes_later(
    giver: frozenset[str], after: frozenset[str]
) -> None:
    if not rules.lacking(giver, frozenset(), after, KNOWN):
        assert rules.covered(after, LATER) <= rules.covered(giver, LATER)


CASES = [
    ({"*"}, set(), {"*"}, True),
    ({"data:@Support:*"}, set(), {"data:tickets:edit"}, True),
    ({"data:@Support:*"}, set(), {"data:t*:edit"}, False),
    ({"data:*:read"}, set(), {"*:read"}, False),
    ({"*", "!data:prices:*"}, set(), {"*"}, False),
    ({"*", "!data:prices:*"}, set(), {"*", "!data:prices:*"}, True),
    ({"page:system:read"}, {"*", "!pii:*"}, {"*"}, False),
    ({"pii:contact:read"}, {"*", "!pii:contact:*"}, {"*"}, False),
    (set(), {"*"}, {"data:tickets:read"}, True),
    (set(), set(), {"billing:x:y"}, False),
]


@pytest.mark.parametrize(("giver", "before", "after", "allowed"), CASES)
def test_who_may_give_what(giver: set[str], before: set[str], after: set[str], allowed: bool) -> None:
    beyond = rules.lacking(frozenset(giver), frozenset(before), frozenset(after), KNOWN)
    assert (not beyond) is allowed, beyond


def test_of_the_shipped_roles_only_the_owner_lacks_nothing() -> None:
    whole = {role.name for role in SHIPPED if rules.is_everything(frozenset(role.permissions), KNOWN)}
    assert whole == {"Owner"}


@pytest.mark.parametrize(
    ("before", "after", "own", "everything", "allowed"),
    [
        (100, 100, 0, False, True),
        (100, 50, 0, False, True),
        (100, 200, 200, False, True),
        (100, 201, 200, False, False),
        (100, None, 200, False, False),
        (100, None, None, False, True),
        (None, 5, 0, False, True),
        (None, None, 0, False, True),
        (0, None, 0, True, True),
    ],
)
def test_no_limit_is_raised_beyond_ones_own(
    before: int | None, after: int | None, own: int | None, everything: bool, allowed: bool
) -> None:
    limit = Limit("a_limit_cents", "A limit", before, after)
    beyond = rules.limits_beyond([limit], {"a_limit_cents": own}, everything=everything)
    assert (not beyond) is allowed


def test_the_narrowest_of_several_limits_binds() -> None:
    assert rules.smallest([None, 500, 300]) == 300
    assert rules.smallest([None]) is None
    assert rules.smallest([]) is None


def test_an_owner_is_the_last_when_no_other_is_there() -> None:
    assert rules.is_last_owner("ada", {"ada"})
    assert not rules.is_last_owner("ada", {"ada", "yusuf"})
    assert not rules.is_last_owner("finn", {"ada"})

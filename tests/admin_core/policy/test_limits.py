"""Up to which amounts somebody acts: role by role, and only by roles that grant the permission themselves."""

import uuid

import pytest

from admin_core.policy import Person, RoleHeld, may_up_to, up_to

PAY, AMOUNT = "shop:money:give", "gift_limit_cents"


def role(amount: int | None, *patterns: str) -> RoleHeld:
    return RoleHeld("R", frozenset(patterns), {AMOUNT: amount})


def person(*roles: RoleHeld) -> Person:
    patterns = frozenset(pattern for each in roles for pattern in each.patterns)
    return Person(uuid.uuid4(), "Ada", permissions=patterns, held=roles)


@pytest.mark.parametrize(
    ("roles", "most"),
    [
        ([], 0),
        ([role(500, PAY)], 500),
        ([role(500, PAY), role(None, "page:*:read")], 500),  # a role that does not pay lifts no limit
        ([role(500, PAY), role(900, "shop:*")], 900),
        ([role(500, PAY), role(None, "*")], None),
        ([role(None, "page:*:read")], 0),
        ([role(None, "*"), role(500, PAY, "!shop:money:*")], 0),  # taken away is taken away
        ([role(0, PAY)], 0),
    ],
)
def test_the_widest_role_that_grants_it_counts(roles: list[RoleHeld], most: int | None) -> None:
    assert up_to(person(*roles), PAY, AMOUNT) == most


@pytest.mark.parametrize(("cents", "may"), [(0, True), (500, True), (501, False), (10**15, False)])
def test_up_to_the_amount_itself(cents: int, may: bool) -> None:
    assert may_up_to(person(role(500, PAY)), PAY, AMOUNT, cents) is may


def test_who_comes_without_roles_acts_up_to_nothing_and_an_unknown_amount_is_a_mistake() -> None:
    assert up_to(Person(uuid.uuid4(), "Key", permissions=frozenset({"*"})), PAY, AMOUNT) == 0
    with pytest.raises(KeyError):
        up_to(person(role(500, PAY)), PAY, "other_limit_cents")

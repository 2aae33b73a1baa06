"""Who gets which value of a flag: a table of cases, and what holds for every flag."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_core.contributions import ActionRefused
from plugins.catalog.actions import flags as actions
from plugins.catalog.rules import flags as rules
from plugins.catalog.rules.flags import Asker, Held, Why, evaluate
from schema import load_models
from schema.customers import ProductLine
from schema.flags import FeatureFlag, FlagKind, FlagOverride, FlagRule, FlagType

load_models()
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
GROWTH, STARTER = UUID(int=1), UUID(int=2)
NOMSA = Asker("cus_nomsa", GROWTH, ProductLine.B2B)
NOBODY = Asker()


def a_flag(**words: Any) -> FeatureFlag:
    usual: dict[str, Any] = {
        "key": "new-shortlist", "kind": FlagKind.RELEASE, "value_type": FlagType.STRING, "is_enabled": True,
        "on_value": "new", "off_value": "old", "rollout_percent": 0, "keeps_members": True, "salt": None,
    }  # fmt: skip
    return FeatureFlag(**{**usual, **words})


def a_rule(position: int = 1, percent: int = 100, **words: Any) -> FlagRule:
    return FlagRule(position=position, rollout_percent=percent, **words)


def override(value: Any, days: float | None = None) -> Held:
    return Held(FlagOverride(value=value, expires_at=None if days is None else NOW + timedelta(days=days)))


FOR_GROWTH, FOR_AGENCIES = a_rule(plan_id=GROWTH), a_rule(2, product_line=ProductLine.RECRUITER)
MEMBER = Held(is_member=True)
CASES: dict[str, tuple[dict[str, Any], list[FlagRule], Held, Asker, Any, Why, str]] = {
    "archived": ({"archived_at": NOW, "rollout_percent": 100}, [], override("x"), NOMSA, "old", Why.ARCHIVED, "off"),
    "the kill switch beats an override": (
        {"is_enabled": False}, [FOR_GROWTH], override("x"), NOMSA, "old", Why.SWITCHED_OFF, "off",
    ),
    "an override beats rules": ({}, [FOR_GROWTH], override("x"), NOMSA, "x", Why.OVERRIDE, "override"),
    "an override to off": ({"rollout_percent": 100}, [], override("old"), NOMSA, "old", Why.OVERRIDE, "override"),
    "an override that lasts": ({}, [], override("x", 1), NOMSA, "x", Why.OVERRIDE, "override"),
    "an override at its end": ({}, [FOR_GROWTH], override("x", 0), NOMSA, "new", Why.RULE, "on"),
    "a rule by plan": ({}, [FOR_GROWTH], rules.NOTHING, NOMSA, "new", Why.RULE, "on"),
    "another plan": ({}, [FOR_GROWTH], rules.NOTHING, Asker("x", STARTER), "old", Why.NOBODY, "off"),
    "a rule by line": (
        {}, [FOR_AGENCIES], rules.NOTHING, Asker("x", None, ProductLine.RECRUITER), "new", Why.RULE, "on",
    ),
    "both must fit": (
        {}, [a_rule(plan_id=GROWTH, product_line=ProductLine.B2C)], rules.NOTHING, NOMSA, "old", Why.NOBODY, "off",
    ),
    "the first that fits decides, in whatever order they come": (
        {"rollout_percent": 100},
        [a_rule(9, 100, plan_id=GROWTH), a_rule(3, 0, product_line=ProductLine.B2B)],
        rules.NOTHING, NOMSA, "old", Why.OUTSIDE_SHARE_OF_RULE, "off",
    ),
    "a rule with a value": (
        {}, [a_rule(4, value="blue", plan_id=GROWTH)], rules.NOTHING, NOMSA, "blue", Why.RULE, "rule-4",
    ),
    "everybody": ({"rollout_percent": 100}, [], rules.NOTHING, NOBODY, "new", Why.EVERYBODY, "on"),
    "nobody": ({}, [], rules.NOTHING, NOMSA, "old", Why.NOBODY, "off"),
    "no name, no share": ({"rollout_percent": 99}, [], rules.NOTHING, NOBODY, "old", Why.NAMELESS, "off"),
    "no name, no share of a rule": (
        {}, [a_rule(1, 99, product_line=ProductLine.B2B)], rules.NOTHING, Asker("", None, ProductLine.B2B), "old",
        Why.NAMELESS, "off",
    ),
    "once in, stays in": ({}, [], MEMBER, NOMSA, "new", Why.STAYS_IN, "on"),
    "once in, with the rule's value": (
        {}, [a_rule(1, 0, value="blue", plan_id=GROWTH)], MEMBER, NOMSA, "blue", Why.STAYS_IN, "rule-1",
    ),
    "keeping switched off": ({"keeps_members": False}, [], MEMBER, NOMSA, "old", Why.NOBODY, "off"),
    "an entitlement follows the plan": (
        {"kind": FlagKind.ENTITLEMENT}, [FOR_GROWTH], MEMBER, Asker("x", STARTER), "old", Why.NOBODY, "off",
    ),
    "an operations flag follows the moment": (
        {"kind": FlagKind.OPERATIONS}, [], MEMBER, NOMSA, "old", Why.NOBODY, "off",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_decides_and_what_it_answers(
    case: tuple[dict[str, Any], list[FlagRule], Held, Asker, Any, Why, str],
) -> None:
    words, given_rules, held, asker, value, why, variant = case
    answer = evaluate(a_flag(**words), given_rules, held, asker, NOW)
    assert (answer.value, answer.why, answer.variant) == (value, why, variant)
    assert answer.reason == rules.REASONS[why]


def test_every_reason_has_its_sentence_and_a_word_of_the_protocol() -> None:
    assert rules.SENTENCES.keys() == rules.REASONS.keys() == set(Why)
    assert set(rules.REASONS.values()) == {"STATIC", "TARGETING_MATCH", "SPLIT", "DISABLED"}


NAMES = st.text(min_size=1, max_size=20)
PERCENT = st.integers(0, 100)


@given(NAMES, PERCENT, PERCENT, st.booleans())
def test_raising_a_share_never_takes_anybody_out(name: str, one: int, other: int, by_rule: bool) -> None:
    def value(percent: int) -> Any:
        some = [a_rule(1, percent, plan_id=GROWTH)] if by_rule else []
        flag = a_flag(keeps_members=False, rollout_percent=0 if by_rule else percent)
        return evaluate(flag, some, rules.NOTHING, Asker(name, GROWTH), NOW).value

    low, high = sorted((one, other))
    assert value(high) == "new" or value(low) == "old"


@given(NAMES, st.lists(st.tuples(PERCENT, st.booleans()), min_size=1, max_size=6))
def test_who_was_once_in_stays_in_whatever_the_share_and_the_plan_become(
    name: str, life: list[tuple[int, bool]]
) -> None:
    held, was_in = rules.NOTHING, False
    for percent, has_plan in life:
        flag = a_flag(rollout_percent=percent // 2)
        asker = Asker(name, GROWTH if has_plan else STARTER)
        answer = evaluate(flag, [a_rule(1, percent, plan_id=GROWTH)], held, asker, NOW)
        assert not was_in or answer.value == "new"
        was_in = answer.value == "new"
        held = Held(is_member=held.is_member or rules.joins(flag, answer, held))
        assert held.is_member == was_in


@given(NAMES, PERCENT)
@settings(max_examples=30)
def test_the_same_name_has_the_same_place_for_ever(name: str, percent: int) -> None:
    flags = [a_flag(rollout_percent=percent), a_flag(rollout_percent=percent, salt="new-shortlist")]
    assert len({evaluate(f, [], rules.NOTHING, Asker(name), NOW).value for f in flags}) == 1


@pytest.mark.parametrize("percent", [1, 10, 50, 90])
def test_a_share_is_of_its_size_and_flags_do_not_share_their_people(percent: int) -> None:
    names = [f"cus_{n}" for n in range(10_000)]
    inside = [{n for n in names if rules.place(salt, n) < percent * 100} for salt in ("new-shortlist", "other")]
    both = percent * percent
    assert all(abs(len(found) - percent * 100) < 200 for found in inside)  # four standard deviations of a half
    assert abs(len(inside[0] & inside[1]) - both) < 200


def test_the_place_is_that_of_the_published_formula() -> None:
    """As docs/integrations/flags.md gives it: who knows key and salt can check it elsewhere."""
    assert [rules.place("new-shortlist", name) for name in ("cus_1", "cus_2", "Nomsa")] == PLACES


PLACES = [8318, 81, 9570]


@pytest.mark.parametrize(
    ("value", "wanted", "good"),
    [
        (True, FlagType.BOOLEAN, True), (1, FlagType.BOOLEAN, False), (True, FlagType.NUMBER, False),
        (1.5, FlagType.NUMBER, True), ("a", FlagType.STRING, True), (None, FlagType.STRING, False),
        ({"a": 1}, FlagType.JSON, True), ("a", FlagType.JSON, True), ([], FlagType.NUMBER, False),
    ],
)  # fmt: skip
def test_a_value_is_of_the_type_the_flag_promised(value: object, wanted: FlagType, good: bool) -> None:
    assert rules.is_of_type(value, wanted) is good


@pytest.mark.parametrize(("is_enabled", "archived", "why"), [
    (True, None, ""), (False, None, "off already"), (True, NOW, "archived"),
])  # fmt: skip
def test_a_flag_is_switched_off_once(is_enabled: bool, archived: datetime | None, why: str) -> None:
    flag = a_flag(is_enabled=is_enabled, archived_at=archived)
    assert why in rules.why_not_off(flag) if why else rules.why_not_off(flag) == ""
    assert '"old"' in rules.what_off_means(flag)
    assert "new-shortlist off" in actions.switch_off(flag)
    assert flag.is_enabled is False


def test_an_explanation_names_rule_plan_and_share() -> None:
    flag, rule = a_flag(), a_rule(2, 40, plan_id=GROWTH, product_line=ProductLine.B2B)
    answer = rules.Answer("new", "on", Why.IN_SHARE_OF_RULE, rule)
    sentence = rules.explained(flag, answer, rules.NOTHING, "Growth")
    assert sentence == "Rule 2 fits (plan Growth and product line b2b), and they are in its 40 %."
    until = rules.explained(flag, rules.Answer("x", "override", Why.OVERRIDE), override("x", 3), "")
    assert until == "Set for this customer until 2026-11-30."


@pytest.mark.parametrize("text", ["NaN", "-Infinity", '{"limit": Infinity}', "blue", ""])
def test_what_is_no_json_is_no_value(text: str) -> None:
    with pytest.raises(ActionRefused, match="is no JSON"):
        actions.read_json(text)

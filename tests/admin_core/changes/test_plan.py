"""Two plans are the same when they do the same to the same records; some of them need two people."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.changes.plan import (
    Asked,
    Limits,
    Outline,
    Plan,
    Sum,
    TableChange,
    Target,
    fingerprint,
    is_same,
    outline_as_json,
    outline_from_json,
    why_two_people,
)

KEY, OLD = b"k" * 32, b"o" * 32
words = st.text("abc_", min_size=1, max_size=4)
counts = st.integers(0, 10**9)
sums = st.builds(Sum, words, st.sampled_from(("ZAR", "USD")), st.integers(-(10**12), 10**12), counts)
tables = st.builds(
    TableChange, words, counts, counts, counts, st.lists(words, unique=True, max_size=3).map(tuple),
    st.lists(sums, unique_by=lambda s: (s.column, s.currency), max_size=3).map(tuple),
)  # fmt: skip
asked = st.builds(Asked, st.sampled_from(("job", "mail", "webhook")), words, st.integers(1, 9))
outlines = st.builds(
    Outline,
    st.lists(tables, min_size=1, max_size=3, unique_by=lambda t: t.table).map(tuple),
    st.lists(asked, max_size=3, unique_by=lambda a: (a.kind, a.name)).map(tuple),
)
plans = st.builds(
    Plan, words, st.lists(st.builds(Target, words, words), min_size=1, max_size=3, unique=True).map(tuple), outlines,
    st.dictionaries(words, st.one_of(st.integers(), st.text(), st.booleans(), st.none()), min_size=1, max_size=3),
)  # fmt: skip


def print_of(plan: Plan) -> str:
    return fingerprint(plan, KEY)


@given(plans, st.randoms(use_true_random=False))
def test_the_order_in_which_things_were_counted_does_not_matter(plan: Plan, random: Any) -> None:
    def mixed(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(items, len(items)))

    shuffled = [replace(t, columns=mixed(t.columns), sums=mixed(t.sums)) for t in plan.outline.tables]
    outline = Outline(mixed(tuple(shuffled)), mixed(plan.outline.effects))
    parameters = dict(random.sample(list(plan.parameters.items()), len(plan.parameters)))
    assert print_of(replace(plan, targets=mixed(plan.targets), outline=outline, parameters=parameters)) == print_of(
        plan
    )


def with_table(plan: Plan, **changes: Any) -> Plan:
    first, *rest = plan.outline.tables
    return replace(plan, outline=replace(plan.outline, tables=(replace(first, **changes), *rest)))


CHANGES: dict[str, Any] = {
    "action": lambda p: replace(p, action=f"{p.action}x"),
    "target": lambda p: replace(p, targets=(*p.targets, Target("another", "1"))),
    "version": lambda p: replace(
        p, targets=(replace(p.targets[0], version=f"{p.targets[0].version}x"), *p.targets[1:])
    ),
    "parameter": lambda p: replace(p, parameters={**p.parameters, "new": 1}),
    "rows": lambda p: with_table(p, inserted=p.outline.tables[0].inserted + 1),
    "changed for deleted": lambda p: with_table(
        p, updated=p.outline.tables[0].updated + 1, deleted=p.outline.tables[0].deleted + 2
    ),
    "column": lambda p: with_table(p, columns=(*p.outline.tables[0].columns, "another")),
    "amount": lambda p: with_table(p, sums=(*p.outline.tables[0].sums, Sum("more_cents", "ZAR", 1, 1))),
    "effect": lambda p: replace(p, outline=replace(p.outline, effects=(*p.outline.effects, Asked("job", "new.job")))),
}


@pytest.mark.parametrize("name", CHANGES)
@given(plans)
def test_whatever_else_would_happen_is_another_plan(name: str, plan: Plan) -> None:
    assert print_of(CHANGES[name](plan)) != print_of(plan)


@given(plans)
def test_a_fingerprint_of_before_a_rotation_still_counts_and_a_strangers_does_not(plan: Plan) -> None:
    assert is_same(plan, fingerprint(plan, OLD), (KEY, OLD))
    assert not is_same(plan, fingerprint(plan, b"x" * 32), (KEY, OLD))


@given(outlines)
def test_the_numbers_are_kept_whole(outline: Outline) -> None:
    assert outline_from_json(outline_as_json(outline)) == outline


def of(rows: int = 0, **money: tuple[int, str]) -> Outline:
    moved = tuple(Sum(column, currency, amount, abs(amount)) for column, (amount, currency) in money.items())
    return Outline((TableChange("things", updated=rows, sums=moved),))


EVENED = Outline((TableChange("things", updated=2, sums=(Sum("a", "ZAR", 0, 200),)),))


@pytest.mark.parametrize(
    ("rule", "limits", "outline", "needed"),
    [
        ("", Limits(0, 0), of(9, a=(9, "ZAR")), False),
        ("always", Limits(), of(), True),
        ("thresholds", Limits(), of(9**9, a=(9**9, "ZAR")), False),
        ("thresholds", Limits(rows=3), of(3), False),
        ("thresholds", Limits(rows=3), of(4), True),
        ("thresholds", Limits(cents=100), of(1, a=(100, "ZAR")), False),
        ("thresholds", Limits(cents=100), of(1, a=(101, "ZAR")), True),
        ("thresholds", Limits(cents=100), of(1, a=(-101, "ZAR")), True),
        ("thresholds", Limits(cents=100), of(1, a=(60, "ZAR"), b=(60, "ZAR")), False),
        ("thresholds", Limits(cents=100), EVENED, True),
        ("thresholds", Limits(cents=100), of(1, a=(1, "USD")), True),
        ("thresholds", Limits(cents=0), of(1), False),
        ("thresholds", Limits(cents=0), of(1, a=(1, "ZAR")), True),
    ],
)
def test_two_people_are_needed_above_a_limit(rule: Any, limits: Limits, outline: Outline, needed: bool) -> None:
    assert bool(why_two_people(rule, limits, outline)) is needed

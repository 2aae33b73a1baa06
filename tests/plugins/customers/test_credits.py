"""What holds of credits whatever happens: sums, order of use, exact lapse. It is noon on 5 March 2026."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from plugins.customers import plugin
from plugins.customers.actions import credits as actions
from plugins.customers.queries import credits as queries
from plugins.customers.queries.credits import assessments_used_by
from plugins.customers.rules import credits as rules
from schema import credit_ledger
from schema.credits import CreditEntry, CreditUnit
from schema.customers import Customer
from schema.settings import Setting
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def grant(number: int, left: int, lapses_in: int | None = None, came: int = 0) -> credit_ledger.Grant:
    lapses_at = NOW + lapses_in * DAY if lapses_in is not None else None
    return credit_ledger.Grant(UUID(int=number), left, NOW - came * DAY, lapses_at, left)


def taken(parts: list[rules.Part]) -> list[tuple[int, int]]:
    return [(part.grant_id.int if part.grant_id else 0, part.amount) for part in parts]


@pytest.mark.parametrize(
    ("grants", "amount", "below", "expected"),
    [
        ([grant(1, 5), grant(2, 5, lapses_in=9), grant(3, 5, lapses_in=3)], 7, 0, [(3, 5), (2, 2)]),
        ([grant(1, 5, came=1), grant(2, 5, came=2)], 6, 0, [(2, 5), (1, 1)]),
        ([grant(1, 5, lapses_in=0), grant(2, 2)], 2, 0, [(2, 2)]),
        ([grant(1, 2)], 5, 3, [(1, 2), (0, 3)]),
        ([], 1, 1, [(0, 1)]),
    ],
)
def test_what_lapses_first_is_used_first(
    grants: list[credit_ledger.Grant], amount: int, below: int, expected: list[tuple[int, int]]
) -> None:
    balance = sum(each.left for each in grants)
    assert taken(rules.take(credit_ledger.standing(grants, balance, NOW), amount, below)) == expected


@pytest.mark.parametrize(("amount", "below"), [(4, 0), (6, 2), (100_000, 0)])
def test_no_more_is_used_than_came_and_a_setting_allows(amount: int, below: int) -> None:
    found = credit_ledger.standing([grant(1, 3), grant(2, 9, lapses_in=0)], 12, NOW)
    with pytest.raises(rules.NotEnough) as refusal:
        rules.take(found, amount, below)
    assert refusal.value.spendable == 3


@pytest.mark.parametrize(
    ("lefts", "balance", "stands"),
    [
        ([("mine", 5)], 5, 5),
        ([("mine", 5)], 2, 2),  # three were used beyond it
        ([("mine", 5)], -1, 0),
        ([("other", 4), ("mine", 5)], 6, 5),  # what lapses first covers them
        ([("other", 4), ("mine", 5)], 3, 3),
        ([("mine", 5), ("other", 4)], 6, 2),
        ([("other", 4)], 4, 0),
        ([], 0, 0),
    ],
)
def test_of_a_grant_stands_what_was_not_used_before_it_came(
    lefts: list[tuple[str, int]], balance: int, stands: int
) -> None:
    keys = {"mine": UUID(int=1), "other": UUID(int=2)}
    grants = [credit_ledger.Grant(keys[whose], left, NOW + place * DAY) for place, (whose, left) in enumerate(lefts)]
    assert credit_ledger.standing(grants, balance, NOW).left_of(keys["mine"]) == stands


def test_free_credits_lapse_at_midnight_in_johannesburg() -> None:
    late = datetime(2026, 3, 4, 22, 30, tzinfo=UTC)  # the 5th, half past midnight
    assert rules.lapses_at(late, 1) == datetime(2026, 3, 6, 22, tzinfo=UTC)
    assert rules.lapses_at(NOW, 0) is None


def test_amounts_are_said_in_words() -> None:
    assert rules.change_words(0, 1, CreditUnit.CV_SCREENING) == "Balance: 0 → 1 CV screening."
    assert set(rules.WORDS) == set(CreditUnit)


def test_hook_register_settings_and_routes_of_credits_ask_for_what_is_registered() -> None:
    registered = {permission.name for permission in plugin.register_permissions()}
    assert {action.permission for action in plugin.register_actions()} <= registered
    (section,) = (each for each in plugin.register_settings() if each.name == "credits")
    assert rules.CreditRules(**section.defaults()) == rules.CreditRules()  # type: ignore[arg-type]


def test_what_has_lapsed_does_not_pay_for_what_goes_below_zero(session: Session, rows: CoreMaker) -> None:
    session.add(Setting(section="credits", name="below_zero", value={"v": 5}))
    customer = rows.one(Customer)
    free = {"kind": "free_grant", "source_key": None}
    rows.add(CreditEntry, **free, amount=3, occurred_at=NOW - 9 * DAY, expires_at=NOW - DAY)
    rows.add(CreditEntry, **free, amount=7, occurred_at=NOW, unit="cv_screening")
    use = actions.Use(2, CreditUnit.ASSESSMENT, "cv-1")
    assert [actions.consume(session, customer.id, use, NOW) for _ in range(2)] == [-2, -2]
    session.flush()
    session.expire_all()
    found = sa.select(CreditEntry.amount).where(CreditEntry.unit == CreditUnit.ASSESSMENT).order_by(CreditEntry.id)
    assert session.scalars(found).all() == [3, -3, -2]
    assert customer.assessments_used == assessments_used_by(session, customer.id) == 2


def test_a_lapsed_grant_is_looked_at_until_nothing_is_left_of_it_and_never_again(
    session: Session, rows: CoreMaker
) -> None:
    rows.one(Customer)
    free = {"kind": "free_grant", "source_key": None, "occurred_at": NOW - 9 * DAY}
    left, used_up = (rows.add(CreditEntry, **free, amount=3, expires_at=NOW - DAY) for _ in range(2))
    rows.add(CreditEntry, **free, amount=3, expires_at=NOW + DAY)
    rows.add(
        CreditEntry, kind="consumption", source_key=None, amount=-3, grant_id=used_up.id, occurred_at=NOW - 2 * DAY
    )
    session.flush()
    assert {each.id for each in queries.due(session, None, NOW, 9)} == {left.id, used_up.id}
    assert actions.lapse(session, None, NOW).grants == 1
    assert queries.due(session, None, NOW, 9) == []
    session.expire_all()
    assert (left.settled_at, used_up.settled_at) == (NOW, NOW)
    assert len(queries.due(session, None, NOW + 2 * DAY, 9)) == 1  # what lapses later is found


def test_a_grant_that_covers_what_is_below_zero_is_looked_at_until_that_is_settled(
    session: Session, rows: CoreMaker
) -> None:
    rows.one(Customer)
    free = {"kind": "free_grant", "source_key": None}
    grant = rows.add(CreditEntry, **free, amount=3, occurred_at=NOW - 9 * DAY, expires_at=NOW - DAY)
    use = rows.add(CreditEntry, kind="consumption", source_key=None, amount=-3, occurred_at=NOW - 9 * DAY)
    session.flush()
    assert actions.lapse(session, None, NOW).grants == 0
    assert [each.id for each in queries.due(session, None, NOW, 9)] == [grant.id]
    rows.add(CreditEntry, kind="reversal", source_key=None, amount=3, reverses_id=use.id, occurred_at=NOW)
    session.flush()
    assert actions.lapse(session, None, NOW).grants == 1
    assert queries.due(session, None, NOW, 9) == []


# --- The law: whatever happens, in whatever order
@dataclass
class Entry:
    amount: int
    lapses_at: datetime | None = None
    grant: int = 0
    reverses: int = 0
    kind: str = "grant"


@dataclass
class Ledger:
    """A ledger of one unit in memory; entries are only added. Its rules are the product's."""

    below: int
    now: datetime = NOW
    entries: list[Entry] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def left(self, number: int) -> int:
        return self.entries[number - 1].amount + sum(e.amount for e in self.entries if e.grant == number)

    def standing(self, dice: Random | None = None) -> credit_ledger.Standing:
        grants = [
            credit_ledger.Grant(UUID(int=n), self.left(n), NOW, e.lapses_at, e.amount)
            for n, e in enumerate(self.entries, start=1)
            if e.kind == "grant"
        ]
        if dice:
            dice.shuffle(grants)
        return credit_ledger.standing(grants, sum(e.amount for e in self.entries), self.now)

    def come(self, amount: int, days: int) -> None:
        self.entries.append(Entry(amount, self.now + days * DAY if days else None))

    def use(self, amount: int, key: str) -> None:
        if key in self.keys:
            return
        try:
            parts = rules.take(self.standing(), amount, self.below)
        except rules.NotEnough:
            return
        self.keys.add(key)
        spendable = self.standing().spendable
        self.lapse(0)
        for part in parts:
            self.entries.append(Entry(-part.amount, grant=part.grant_id.int if part.grant_id else 0, kind="use"))
        assert self.standing().spendable == spendable - amount  # nothing of what has lapsed pays for it

    def lapse(self, days: int) -> None:
        self.now += days * DAY
        for each in self.standing().due:
            self.entries.append(Entry(-each.left, grant=each.id.int, kind="expiry"))

    def undo(self, number: int) -> None:
        place = number % len(self.entries) + 1 if self.entries else 0
        if not place or any(e.reverses == place for e in self.entries):
            return
        entry = self.entries[place - 1]
        if entry.kind == "use":
            self.entries.append(Entry(-entry.amount, grant=entry.grant, reverses=place, kind="undo"))
        live = next((each for each in self.standing().grants if each.id.int == place), None)
        if entry.kind == "grant" and live:
            self.entries.append(Entry(-live.left, grant=place, reverses=place, kind="undo"))


AMOUNTS, DAYS = st.integers(1, 12), st.integers(0, 4)
STEPS = st.one_of(
    st.tuples(st.just("come"), AMOUNTS, DAYS),
    st.tuples(st.just("use"), AMOUNTS, st.sampled_from("abcdefgh")),
    st.tuples(st.just("lapse"), DAYS),
    st.tuples(st.just("undo"), st.integers(0, 30)),
)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, max_size=25), below=st.sampled_from([0, 0, 5]), seed=st.integers(0, 9))
def test_a_ledger_holds_whatever_happens_to_it(steps: list[tuple[object, ...]], below: int, seed: int) -> None:
    ledger = Ledger(below)
    for name, *words in steps:
        before = list(ledger.entries)
        getattr(ledger, str(name))(*words)
        assert ledger.entries[: len(before)] == before  # only added to
        found = ledger.standing()
        for number, entry in enumerate(ledger.entries, start=1):
            if entry.kind == "grant":
                assert 0 <= ledger.left(number) <= entry.amount
        assert found.spendable >= -below
        assert ledger.standing(Random(seed)) == found  # in whatever order the rows come
    ledger.lapse(0)
    count = len(ledger.entries)
    ledger.lapse(0)
    assert len(ledger.entries) == count  # what has lapsed lapses once
    assert ledger.standing().due == ()
    assert ledger.standing().spendable == sum(entry.amount for entry in ledger.entries)


@given(amounts=st.lists(AMOUNTS, max_size=8), uses=st.lists(AMOUNTS, max_size=8), seed=st.integers(0, 99))
def test_without_lapse_the_order_of_use_does_not_change_what_is_left(
    amounts: list[int], uses: list[int], seed: int
) -> None:
    ledgers = [Ledger(sum(uses)), Ledger(sum(uses))]
    steps = [*(("come", each, 0) for each in amounts), *(("use", each, f"u{n}") for n, each in enumerate(uses))]
    for ledger in ledgers:
        for name, *words in steps:
            getattr(ledger, str(name))(*words)
        Random(seed).shuffle(steps)
    assert ledgers[0].standing().spendable == ledgers[1].standing().spendable == sum(amounts) - sum(uses)

"""One record of two and back: which rows follow, what collides, what is worked out, what speaks against it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.policy import Person as Somebody
from plugins.customers.actions import duplicates
from plugins.customers.actions.credits import Use, consume
from plugins.customers.actions.merging import merge
from plugins.customers.actions.unmerging import unmerge
from plugins.customers.queries.credits import assessments_used_by
from plugins.customers.queries.duplicates import alike_among_newest, candidates
from plugins.customers.queries.merging import belongings, moving_models
from plugins.customers.queries.sign_ins import people as people_named
from plugins.customers.queries.suspension import open_suspension
from plugins.customers.rules import merging as rules
from schema.accounts import CustomerMerge, Suspension, ToldApart
from schema.base import Base
from schema.consents import Consent, ConsentText
from schema.credit_ledger import standing_of
from schema.credits import CreditEntry, CreditUnit
from schema.customers import Customer, CustomerStatus, Person
from schema.promotions import Redemption
from schema.subscriptions import Subscription
from tests.plugins.customers.merging import NOW, REASON, asking, do
from tests.schema import commercial_rows, core_rows
from tests.schema.core_rows import CoreMaker


def references() -> set[tuple[str, str]]:
    """Return every column of ours that refers to customers, as (table, column)."""
    found = set()
    for table in Base.metadata.sorted_tables:
        found |= {(table.name, key.parent.name) for key in table.foreign_keys if key.column.table.name == "customers"}
    return found


def test_every_table_that_refers_to_customers_is_moved_or_exempt_with_a_reason() -> None:
    tables = {table for table, _ in references()}
    told = {*rules.MOVED, *rules.STAYING}
    assert tables == told, f"Name these in plugins/customers/rules/merging.py: {sorted(tables ^ told)}"
    assert not {*rules.MOVED} & {*rules.STAYING}
    assert all(len(reason) > 20 for reason in rules.STAYING.values())
    assert {(name, "customer_id") for name in rules.MOVED} <= references()
    partial = {
        index.name
        for model in moving_models().values()
        for index in model.__table__.indexes
        if index.unique and "customer_id" in index.columns
    }
    assert partial == {
        "uq_people_primary",
        "uq_redemptions_use",
        "uq_suspensions_open",
    }  # what the move knows of; a new one would collide


def test_whatever_belongs_to_the_duplicate_follows_and_comes_back(
    session: Session, rows: CoreMaker, ada: Somebody, pair: tuple[Customer, Customer]
) -> None:
    kept, merged = pair
    rows.made[Customer] = merged
    known = {
        name: model for name, model in moving_models().items() if model in {**commercial_rows.WORDS, **core_rows.WORDS}
    }
    for model in known.values():
        made = rows.one(model)
        if made.customer_id is None:
            made.customer_id = merged.id
    session.flush()
    before = belongings(session, kept.id, merged.id)
    assert set(before[1].rows) == set(known)
    assert len(known) >= 30
    do(session, kept, merged, ada)
    after = belongings(session, kept.id, merged.id)
    assert (after[0].rows, after[1].rows) == (before[1].rows, {})
    session.expire_all()
    unmerge(session, merged, asking(session), NOW)
    session.flush()
    assert belongings(session, kept.id, merged.id) == before
    note = session.scalars(sa.select(CustomerMerge)).one()
    assert (note.kept_id, note.merged_id, note.undone_at, note.merged_by_id) == (kept.id, merged.id, NOW, ada.id)


def test_what_there_can_be_only_one_of_is_left_behind_and_nothing_collides(
    session: Session, rows: CoreMaker, ada: Somebody, pair: tuple[Customer, Customer]
) -> None:
    kept, merged = pair
    for customer in pair:
        rows.made[Customer] = customer
        rows.add(Person, customer=customer, email="nomsa@acme.example", is_primary=True)
        rows.add(Redemption, customer=customer, number=1, idempotency_key=None)
        rows.add(Suspension, customer=customer)
        customer.status = CustomerStatus.SUSPENDED
    left = rows.add(Person, customer=merged, email="Twin@acme.example", external_id="p-1")
    rows.add(Person, customer=kept, email="Twin@acme.example")
    second = rows.add(Person, customer=merged, email="finn@acme.example")
    said = do(session, kept, merged, ada)
    assert "3 rows stay with the duplicate" in said
    assert people_named(session, ["p-1"]) == {"p-1": (left.id, kept.id)}  # their sign-ins are those of who is left
    assert open_suspension(session, merged.id) is None  # its end would open the closed record
    people = sa.select(Person.email, Person.is_primary).where(Person.customer_id == kept.id).order_by(Person.email)
    assert [tuple(row) for row in session.execute(people)] == [
        ("Twin@acme.example", False), ("finn@acme.example", False), ("nomsa@acme.example", True),
    ]  # fmt: skip
    numbers = sa.select(Redemption.number).where(Redemption.customer_id == kept.id).order_by(Redemption.number)
    assert list(session.scalars(numbers)) == [1, 2]
    session.expire_all()
    unmerge(session, merged, asking(session), NOW)
    session.flush()
    assert session.get_one(Person, second.id).customer_id == merged.id
    assert merged.status is CustomerStatus.SUSPENDED
    assert open_suspension(session, merged.id) is not None


def test_what_was_used_since_goes_back_with_its_grant_and_a_use_is_charged_once(
    session: Session, rows: CoreMaker, ada: Somebody, pair: tuple[Customer, Customer]
) -> None:
    kept, merged = pair
    for customer, amount, days in ((kept, 10, 1), (merged, 5, 2)):
        came = {"kind": "free_grant", "source_key": None, "occurred_at": NOW - timedelta(days=days)}
        rows.add(CreditEntry, customer=customer, amount=amount, **came)
    first, second, third = (Use(n, CreditUnit.ASSESSMENT, f"cv-{n}") for n in (2, 1, 4))
    assert consume(session, merged.id, first, NOW) == 3
    do(session, kept, merged, ada)
    assert consume(session, merged.id, first, NOW) == 13  # the app goes on naming the duplicate
    assert [consume(session, merged.id, second, NOW) for _ in range(2)] == [12, 12]
    assert consume(session, kept.id, third, NOW) == 8  # two of the duplicate's, two of their own
    session.expire_all()
    unmerge(session, merged, asking(session), NOW)
    session.flush()
    session.expire_all()
    assert [standing_of(session, each.id, CreditUnit.ASSESSMENT, NOW).spendable for each in pair] == [8, 0]
    assert [(each.assessments_used, assessments_used_by(session, each.id)) for each in pair] == [(2, 2), (5, 5)]


def test_revenue_that_changed_meanwhile_goes_back_with_its_subscription(
    session: Session, rows: CoreMaker, ada: Somebody, pair: tuple[Customer, Customer]
) -> None:
    kept, merged = pair
    subscription = rows.add(Subscription, customer=merged, mrr_cents=1000)
    merged.mrr_cents = 1000
    do(session, kept, merged, ada)
    kept.mrr_cents = subscription.mrr_cents = 1500
    session.flush()
    session.expire_all()
    unmerge(session, merged, asking(session), NOW)
    assert (kept.mrr_cents, merged.mrr_cents) == (0, 1500)


def test_values_are_taken_sums_added_and_all_of_it_given_back(session: Session, rows: CoreMaker, ada: Somebody) -> None:
    old = {"phone": None, "company_name": "Acme", "status": "cancelled", "mrr_cents": 0, "assessments_used": 3}
    new = {"phone": "+27821234567", "company_name": "Acme Mining", "status": "active", "mrr_cents": 1000,
           "assessments_used": 4, "last_active_at": NOW}  # fmt: skip
    kept, merged = rows.add(Customer, **old), rows.add(Customer, **new)
    session.expire_all()
    do(session, kept, merged, ada, "phone, company_name")
    session.expire_all()
    assert words_of(kept) == {**old, **new, "assessments_used": 7}
    assert (merged.status, merged.mrr_cents, merged.merged_into_id, merged.closed_at) == (
        CustomerStatus.CLOSED, 0, kept.id, NOW,
    )  # fmt: skip
    assert merged.company_name == "Acme"
    kept.assessments_used += 2
    unmerge(session, merged, asking(session), NOW)
    session.flush()
    session.expire_all()
    assert words_of(kept) == {**old, "assessments_used": 5, "last_active_at": None}
    assert words_of(merged) == new
    assert merged.merged_into_id is None


def words_of(customer: Customer) -> dict[str, Any]:
    names = ("phone", "company_name", "status", "mrr_cents", "assessments_used", "last_active_at")
    return {name: getattr(customer, name) for name in names}


@pytest.mark.parametrize(
    ("kept", "merged", "why"),
    [
        ({}, {"product_line": "b2c"}, "different products"),
        ({}, {"restricted_at": NOW}, "The duplicate is restricted|Processing of the duplicate is restricted"),
        ({"restricted_at": NOW}, {}, "record that stays is restricted"),
        ({}, {"erased_at": NOW}, "was erased"),
        ({"currency": "ZAR"}, {"currency": "USD"}, "can't be added up"),
        ({}, {"is_internal": True}, "house account"),
        ({}, {"status": "suspended"}, "Keep the suspended one"),
    ],
)
def test_what_can_not_become_one_says_why(
    session: Session, rows: CoreMaker, ada: Somebody, kept: dict[str, Any], merged: dict[str, Any], why: str
) -> None:
    one, other = rows.add(Customer, **kept), rows.add(Customer, **merged)
    session.expire_all()
    with pytest.raises(ActionRefused, match=why):
        do(session, one, other, ada)


def test_chains_end_at_the_record_that_is_left(session: Session, rows: CoreMaker, ada: Somebody) -> None:
    first, second, third = (rows.add(Customer) for _ in range(3))
    do(session, second, third, ada)
    with pytest.raises(ActionRefused, match="merged into another one before"):
        do(session, first, third, ada)
    do(session, first, second, ada)
    session.expire_all()
    assert (second.merged_into_id, third.merged_into_id) == (first.id, first.id)
    with pytest.raises(ActionRefused, match="itself merged since"):
        unmerge(session, third, asking(session), NOW)
    unmerge(session, second, asking(session), NOW)
    session.flush()
    session.expire_all()
    assert (second.merged_into_id, third.merged_into_id) == (None, second.id)
    unmerge(session, third, asking(session), NOW)
    assert third.merged_into_id is None


@pytest.mark.parametrize(
    ("acts", "latest"),
    [
        ((("kept", "given", 2), ("merged", "withdrawn", 1)), "withdrawn"),
        ((("kept", "refused", 1), ("merged", "given", 2)), "withdrawn"),
        ((("kept", "given", 1), ("merged", "withdrawn", 2)), "withdrawn"),
        ((("kept", "given", 1),), "given"),
        ((("kept", "withdrawn", 1), ("kept", "given", 2), ("merged", "given", 3)), "given"),
    ],
)
def test_a_refusal_on_either_record_is_the_last_word(
    session: Session, rows: CoreMaker, ada: Somebody, pair: tuple[Customer, Customer], acts: Any, latest: str
) -> None:
    by_name = dict(zip(("kept", "merged"), pair, strict=True))
    words = {"purpose": "marketing", "version": 9, "title": "News", "body": "Yes.", "content_hash": "0" * 64}
    text = ConsentText(**words)
    session.add(text)
    for number, (whose, act, day) in enumerate(acts):
        when = NOW - timedelta(days=9 - day)
        what = {"act": act, "occurred_at": when, "text_version": text, "external_id": str(number)}
        rows.add(Consent, customer=by_name[whose], purpose="marketing", **what)
    do(session, *pair, ada)
    said = sa.select(Consent.act).where(Consent.customer_id == pair[0].id).order_by(Consent.occurred_at.desc()).limit(1)
    assert str(session.scalar(said)) == latest


@pytest.mark.parametrize(
    ("answer", "take", "why"),
    [
        ("nonsense", "", "no such customer"),
        (str(UUID(int=7)), "", "no such customer"),
        ("", "status", "“status” can't"),
    ],
)
def test_what_was_typed_wrongly_is_said(
    session: Session, ada: Somebody, pair: tuple[Customer, Customer], answer: str, take: str, why: str
) -> None:
    words = {"duplicate": answer or str(pair[1].id), "take": take, "reason": REASON}
    with pytest.raises(ActionRefused, match=why):
        merge(session, pair[0], answers=words, person=ada, effects=asking(session), now=NOW)
    with pytest.raises(ActionRefused, match="same record"):
        do(session, pair[0], pair[0], ada)


def test_what_has_to_move_at_once_and_is_too_much_is_refused_with_the_way_out(
    session: Session, rows: CoreMaker, ada: Somebody, pair: tuple[Customer, Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_ROWS", 0)
    rows.add(Person, customer=pair[1])
    with pytest.raises(ActionRefused, match="Keep the record that has more"):
        do(session, *pair, ada)


@pytest.mark.parametrize(
    ("one", "other", "is_found"),
    [
        ("n_d@gmail.com", "n_d+jobs@gmail.com", True),
        ("n_d+jobs@gmail.com", "n_d@gmail.com", True),
        ("n.d@gmail.com", "nd@gmail.com", True),
        ("n_d@gmail.com", "nxd+jobs@gmail.com", False),
    ],
)
def test_an_address_is_found_without_its_tag(
    session: Session, rows: CoreMaker, one: str, other: str, *, is_found: bool
) -> None:
    made = [rows.add(Customer, email=each, company_name=None, person_name=each) for each in (one, other)]
    assert [each.id for each, _ in candidates(session, made[0])] == ([made[1].id] if is_found else [])


def test_pairs_come_newest_first_and_none_is_passed_over(
    session: Session, rows: CoreMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.customers.queries.duplicates.MOST_PAIRS", 2)
    made = []
    for days in range(4):
        words = {"email": f"n{days}@acme.example", "phone": None, "signup_at": NOW - timedelta(days=days)}
        made.append(frozenset(rows.add(Customer, **words).id for _ in range(2)))
    found, before = [], None
    for _ in range(5):
        pairs, before = alike_among_newest(session, before)
        found += [frozenset(pair) for pair in pairs]
    assert (found, before) == (made, None)


def test_candidates_share_something_and_who_was_told_apart_is_left_out(
    session: Session, rows: CoreMaker, ada: Somebody
) -> None:
    words = {"email": "Nomsa@acme.example", "phone": "+27820000077", "company_name": "Acme Mining (Pty) Ltd"}
    one = rows.add(Customer, **words)
    mail = rows.add(Customer, email="nomsa@ACME.example", company_name="Else", phone=None)
    phone = rows.add(Customer, email="x@y.example", company_name="Else", phone="+27820000077")
    name = rows.add(Customer, email="x@z.example", company_name="ACME  MINING", phone=None)
    typo = rows.add(Customer, email="hr@acme.example", company_name="Acme Minning", phone=None)
    rows.add(Customer, **{**words, "product_line": "b2c"})
    rows.add(Customer, email="a@else.example", company_name="Something else", phone=None)
    session.expire_all()
    found = candidates(session, one)
    assert [other.id for other, _ in found] == [
        mail.id, *sorted((phone.id, name.id)), typo.id,
    ]  # fmt: skip
    pairs, last = alike_among_newest(session, None)
    assert {frozenset(pair) for pair in pairs} == {frozenset((one.id, mail.id)), frozenset((one.id, phone.id))}
    assert last is None
    for _ in range(2):
        duplicates.tell_apart(session, mail.id, one.id, ada)
    session.flush()
    assert session.scalar(sa.select(sa.func.count()).select_from(ToldApart)) == 1
    assert mail.id not in [other.id for other, _ in candidates(session, one)]
    assert {frozenset(pair) for pair in alike_among_newest(session, None)[0]} == {frozenset((one.id, phone.id))}

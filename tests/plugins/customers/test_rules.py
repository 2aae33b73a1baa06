"""Who may be suspended and until when; whose note it is; whose password is reset."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.policy import Person as Member
from admin_core.sources.intake import filled
from admin_core.sources.theirs import Theirs
from plugins.customers import plugin
from plugins.customers.actions.passwords import email_customer, email_person, reset_customer, reset_person
from plugins.customers.rules import notes, passwords, suspension
from plugins.customers.rules.rows import PEOPLE_ROWS
from schema.accounts import CustomerNote, Suspension
from schema.customers import Customer, Person
from schema.password_resets import PasswordReset, PasswordResetState
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
SOMEBODY = uuid.UUID(int=1)
ADA = Member(SOMEBODY, "Ada")
pytestmark = pytest.mark.usefixtures("engine")  # the models are loaded


def customer(status: str, **words: Any) -> Customer:
    words = {"merged_into_id": None, "erased_at": None, **words}
    return Customer(status=status_of(status), **words)


def status_of(word: str) -> Any:
    from schema.customers import CustomerStatus

    return CustomerStatus(word)


@pytest.mark.parametrize(
    ("status", "words", "not_suspended", "not_unsuspended", "no_reset"),
    [
        ("active", {}, "", "not suspended", ""),
        ("trial", {}, "", "not suspended", ""),
        ("suspended", {}, "suspended already", "", ""),
        ("closed", {}, "closed", "not suspended", "closed"),
        ("active", {"merged_into_id": SOMEBODY}, "duplicate", "not suspended", "duplicate"),
        ("cancelled", {"erased_at": NOW}, "", "not suspended", "closed"),
    ],
)
def test_what_can_be_done_depends_on_how_a_customer_stands(
    status: str, words: dict[str, Any], not_suspended: str, not_unsuspended: str, no_reset: str
) -> None:
    found = customer(status, **words)
    said = (
        suspension.why_not_suspended(found), suspension.why_not_unsuspended(found), passwords.why_not_customer(found),
    )  # fmt: skip
    for expected, sentence in zip((not_suspended, not_unsuspended, no_reset), said, strict=True):
        assert expected in sentence if expected else sentence == ""


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (None, None),
        ("", None),
        ("2026-03-05", datetime(2026, 3, 5, 22, tzinfo=UTC)),  # the day ends two hours before UTC's
        ("2026-12-31", datetime(2026, 12, 31, 22, tzinfo=UTC)),
    ],
)
def test_a_suspension_ends_with_its_last_day_on_our_wall_clock(day: str | None, end: datetime | None) -> None:
    assert suspension.end_of(day, NOW) == end


@pytest.mark.parametrize(("day", "says"), [("2026-03-04", "over already"), ("2029-01-01", "two years")])
def test_an_impossible_last_day_is_refused(day: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        suspension.end_of(day, NOW)


@pytest.mark.parametrize(
    ("removed", "pinned", "changed", "pin", "unpin"),
    [
        (None, False, "", "", "not pinned"),
        (None, True, "", "pinned already", ""),
        (NOW, False, "removed", "removed", "removed"),
    ],
)
def test_a_removed_note_stays_as_it_is(
    removed: datetime | None, *, pinned: bool, changed: str, pin: str, unpin: str
) -> None:
    note = CustomerNote(removed_at=removed, is_pinned=pinned, author_id=SOMEBODY)
    said = (notes.why_not_changed(note), notes.why_not_pinned(note), notes.why_not_unpinned(note))
    for expected, sentence in zip((changed, pin, unpin), said, strict=True):
        assert expected in sentence if expected else sentence == ""
    assert notes.is_theirs(note, SOMEBODY)
    assert not notes.is_theirs(note, uuid.UUID(int=2))


@pytest.mark.parametrize(
    ("lifts_at", "due"), [(None, False), (NOW, True), (NOW - timedelta(1), True), (NOW + timedelta(1), False)]
)
def test_a_suspension_is_lifted_from_its_end_on(lifts_at: datetime | None, *, due: bool) -> None:
    assert suspension.is_due(Suspension(lifts_at=lifts_at), NOW) is due
    assert not suspension.is_due(None, NOW)


def test_the_app_moves_no_person_whom_we_know_back_to_an_account_that_was_merged() -> None:
    sent = Theirs("p-1", None, None, {"name": "Nomsa", "customer_id": "acc-twin"})
    assert [row.values for row in filled(PEOPLE_ROWS, [sent], {"p-1"})] == [{"name": "Nomsa"}]
    assert filled(PEOPLE_ROWS, [sent], set())[0].values["customer_id"] == "acc-twin"


def test_versions_are_counted_on() -> None:
    assert [notes.next_number(numbers) for numbers in ([], [1], [2, 1])] == [1, 2, 3]


@pytest.mark.parametrize(("asked", "says"), [(0, ""), (2, ""), (3, "within an hour"), (9, "3 are the most")])
def test_three_resets_an_hour_are_the_most(asked: int, says: str) -> None:
    found = passwords.too_many(asked)
    assert says in found if says else found == ""


@pytest.mark.parametrize(
    ("customer_words", "person_words", "why"),
    [
        ({"closed_at": NOW, "status": "closed"}, {}, "This account is closed"),
        ({}, {"deactivated_at": NOW}, "may not sign in any more"),
        ({}, {"auth_user_id": "auth-nomsa"}, "Another record had the same key"),
        ({"auth_user_id": "auth-nomsa"}, None, "Another record had the same key"),
    ],
)
def test_a_password_is_reset_of_who_may_sign_in_by_their_own_key(
    session: Session, rows: CoreMaker, customer_words: dict[str, Any], person_words: dict[str, Any] | None, why: str
) -> None:
    rows.add(Customer, email="first@example.test", auth_user_id="auth-nomsa", created_at=NOW)
    theirs = rows.one(Customer)
    for name, value in customer_words.items():
        setattr(theirs, name, value)
    record = theirs if person_words is None else rows.add(Person, **person_words)
    session.flush()
    session.expire_all()
    kinds = (email_customer, reset_customer) if person_words is None else (email_person, reset_person)
    for ask in kinds:
        with pytest.raises(ActionRefused, match=why):
            ask(session, record, person=ADA, answers={"reason": "Lost"}, effects=None, now=NOW)  # type: ignore[operator]


@pytest.mark.parametrize("model", [Customer, Person])
def test_whose_sign_in_it_is_is_written_once(model: type[Customer | Person]) -> None:
    """Whoever could change it could aim resets and visits at anybody's account."""
    columns = model.__table__.columns
    assert all(columns[name].info.get("once") for name in ("auth_user_id", "external_id"))


def test_only_what_failed_is_tried_again_and_only_who_signs_in_has_a_password() -> None:
    assert passwords.why_not_again(PasswordReset(state=PasswordResetState.FAILED, about_person=True)) == passwords.GONE
    assert passwords.why_not_again(PasswordReset(state=PasswordResetState.FAILED)) == ""
    assert passwords.why_not_again(PasswordReset(state=PasswordResetState.SENT))
    assert passwords.why_not_person(Person(deactivated_at=None)) == ""
    assert passwords.why_not_person(Person(deactivated_at=NOW))


def test_hook_register_webhook_events_of_customers_carries_keys_and_no_names() -> None:
    for event in plugin.register_webhook_events():
        assert {"customer", "external_id"} <= set(event.example)
        assert not {"email", "name", "reason"} & set(event.example)

"""When an impersonation is over, where its token may be sent, what the key set says, and what ends one too early."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from admin_core.access.members import person_of
from admin_core.contributions import ActionRefused
from plugins.customers.actions import impersonation as actions
from plugins.customers.queries.impersonation import with_customer
from plugins.customers.rules import impersonation as rules
from plugins.customers.rules.tokens import public_jwk, signing_keys
from schema.accounts import Impersonation, ImpersonationMode
from schema.customers import Customer, Person
from schema.staff import Role, StaffMember
from schema.support import Ticket, TicketStatus
from tests.schema.core_rows import CoreMaker

NOON = datetime(2026, 3, 2, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ASKED: dict[str, Any] = {"issued_at": NOON, "mode": ImpersonationMode.READ_ONLY}
OPENED = {**ASKED, "token_hash": "t", "token_expires_at": NOON + MINUTE, "session_expires_at": NOON + 15 * MINUTE}
TAKEN = {**OPENED, "redeemed_at": NOON}


@pytest.mark.usefixtures("engine")  # the models are loaded
@pytest.mark.parametrize(
    ("values", "minutes", "state"),
    [
        (ASKED, 9.99, "ready"),
        (ASKED, 10, "over"),
        ({**ASKED, "mode": ImpersonationMode.FULL}, 59.99, "ready"),
        ({**ASKED, "mode": ImpersonationMode.FULL}, 60, "over"),
        (OPENED, 0.99, "opening"),
        (OPENED, 1, "over"),
        (TAKEN, 14.99, "live"),
        (TAKEN, 15, "over"),
        ({**TAKEN, "ended_at": NOON}, 0, "over"),
    ],
)
def test_an_impersonation_is_over_at_a_moment(values: dict[str, Any], minutes: float, state: str) -> None:
    assert rules.state_of(Impersonation(**values), NOON + minutes * MINUTE) == state


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://app.example.com/api/impersonation", True),
        ("http://localhost:3000/api/impersonation", True),
        ("http://app.example.com/api/impersonation", False),
        ("https://app.example.com/api?next=/", False),
        ("https://app.example.com;script-src */", False),
        ("https://app.example.com", False),
    ],
)
def test_a_token_is_sent_to_a_plain_address(address: str, is_taken: bool) -> None:
    assert (rules.check_app_url(address) == "") is is_taken


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4, unique=True))
def test_each_secret_key_has_its_own_lasting_key_pair(secrets: list[str]) -> None:
    names = [public_jwk(key)["kid"] for key in signing_keys(secrets)]
    assert names == [public_jwk(key)["kid"] for key in signing_keys(secrets)]
    assert len(set(names)) == len(secrets)


# --- What was granted is asked for again when it is opened, and whenever the app asks
OPENING = actions.Opening("https://app.example.com/in", 15 * MINUTE, signing_keys(["k" * 40])[0])
LATER = NOON + timedelta(days=1)


@pytest.fixture
def ready(rows: CoreMaker) -> Impersonation:
    """Return what Ada may open: the app as Nomsa, with changes allowed."""
    role = rows.add(Role, name="Helper", permissions=[rules.START, rules.FULL])
    ada = rows.add(StaffMember, roles=[role])
    nomsa = rows.add(Person, auth_user_id="auth-nomsa", created_at=LATER)
    words = {"person": nomsa, "ticket_id": rows.one(Ticket).id, "mode": ImpersonationMode.FULL, "issued_at": NOON}
    return rows.add(Impersonation, staff=ada, token_hash=None, token_expires_at=None, **words)  # type: ignore[no-any-return]


def withdrawn(_: CoreMaker, row: Impersonation) -> None:
    row.staff.roles[0].permissions = [rules.START]


def removed(rows: CoreMaker, row: Impersonation) -> None:
    rows.session.delete(row.person)


def moved(rows: CoreMaker, row: Impersonation) -> None:
    assert row.person is not None
    row.person.customer = rows.add(Customer, email="finn@example.test")


def of_a_person_of_others(rows: CoreMaker, _: Impersonation) -> None:
    finn = rows.add(Customer, email="finn@example.test")
    rows.add(Person, customer=finn, auth_user_id="auth-nomsa", created_at=NOON)


def of_another_customer(rows: CoreMaker, _: Impersonation) -> None:
    rows.add(Customer, email="finn@example.test", external_id="auth-nomsa", created_at=NOON)


def of_a_newcomer(rows: CoreMaker, _: Impersonation) -> None:
    rows.add(Customer, email="finn@example.test", auth_user_id="auth-nomsa", created_at=LATER + MINUTE)


def of_a_merged_duplicate(rows: CoreMaker, row: Impersonation) -> None:
    finn = rows.add(Customer, email="finn@example.test", merged_into_id=row.customer_id)
    rows.add(Person, customer=finn, auth_user_id="auth-nomsa", created_at=NOON)


def solved(rows: CoreMaker, _: Impersonation) -> None:
    ticket = rows.one(Ticket)
    ticket.status, ticket.solved_at = TicketStatus.SOLVED, NOON


def given_away(rows: CoreMaker, _: Impersonation) -> None:
    rows.one(Ticket).customer = rows.add(Customer, email="finn@example.test")


SINCE: dict[Callable[[CoreMaker, Impersonation], None], tuple[str, bool]] = {
    withdrawn: ("Your roles don't let you", False),
    removed: ("This person was removed", False),
    moved: ("belongs to another customer now", False),
    of_a_person_of_others: ("Another record had the same key", False),
    of_another_customer: ("Another record had the same key", False),
    of_a_newcomer: ("", True),
    of_a_merged_duplicate: ("", True),
    solved: ("The ticket is closed", True),
    given_away: ("The ticket is not one of this customer", True),
}
"""What happened since it was granted: why it can't be opened any more, and whether a visit that began goes on."""


@pytest.mark.parametrize("happened", SINCE, ids=lambda each: each.__name__)
def test_what_was_granted_is_asked_for_again(
    session: Session, rows: CoreMaker, ready: Impersonation, happened: Callable[[CoreMaker, Impersonation], None]
) -> None:
    happened(rows, ready)
    session.flush()
    session.expire_all()
    why, goes_on = SINCE[happened]
    row = with_customer(session, ready.id)
    assert row is not None
    assert actions.is_allowed(session, row) is goes_on
    ada = person_of(row.staff)
    if not why:
        assert actions.open_app(session, ada, row.id, OPENING, NOON)
        return
    with pytest.raises(ActionRefused, match=why):
        actions.open_app(session, ada, row.id, OPENING, NOON)


def test_only_an_open_ticket_of_theirs_is_a_reason(session: Session, rows: CoreMaker, ready: Impersonation) -> None:
    ticket = rows.one(Ticket)
    answers = {"ticket": ticket.number, "reason": "Cannot find the export.", "agreed": "yes"}
    ada = person_of(ready.staff)
    assert actions.look_as_customer(session, ready.customer, ada, answers, NOON).startswith("Ready")
    ticket.status, ticket.solved_at = TicketStatus.CLOSED, NOON
    with pytest.raises(ActionRefused, match="The ticket is closed"):
        actions.look_as_customer(session, ready.customer, ada, answers, NOON)

"""Personal values in the history are encrypted for whose they are, still shown and put back, and gone when erased."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from admin_core.changes import history, undo
from admin_core.changes.acting import Acting, acting
from admin_core.changes.personal import is_erased, show, texts_of
from admin_core.changes.sealing import seal
from schema.accounts import CustomerNote, CustomerNoteRevision
from schema.audit import ActorKind
from schema.changes import ChangeKind, ChangeRow
from schema.customers import Customer
from tests.admin_core.changes.test_undo import KEYS, TABLES, customer, plan_of, somebody

ERASED = "Personal values it held were erased for good."
Rows = list[tuple[Any, ...]]
Write = Callable[[Session], object]
WATCHED = (Customer, CustomerNote)


def bulk_edit(session: Session) -> None:
    session.execute(update(Customer).values(person_name="Eve", phone="+27821234567", mrr_cents=Customer.mrr_cents + 1))


def imported(session: Session) -> None:
    """Make some, change others, as an import does."""
    session.execute(insert(Customer), [row_of(customer()) for _ in range(20)])
    session.execute(update(Customer).where(Customer.person_name == "Ada").values(email="new@example.com"))


def deleted(session: Session) -> None:
    """Delete them; their notes go with them."""
    session.execute(delete(Customer))


def row_of(made: Customer) -> dict[str, Any]:
    names = ("id", "product_line", "person_name", "email", "signup_at", "status")
    return {name: getattr(made, name) for name in names}


def everything(session: Session) -> list[Rows]:
    """Return all rows, but for the clocks that machines move."""
    columns = [[c for c in model.__table__.c if c.name != "updated_at"] for model in WATCHED]
    return [[tuple(row) for row in session.execute(select(*each).order_by(each[0]))] for each in columns]


def company(sessions: sessionmaker[Session], count: int = 30) -> list[Customer]:
    """Return customers with a note each, as if they had always been there."""
    made = [customer() for _ in range(count)]
    with acting(somebody()), sessions.begin() as session:
        session.add_all(made)
        session.flush()
        session.add_all(CustomerNote(customer_id=each.id, body="Called.") for each in made)
    return made


def done(sessions: sessionmaker[Session], write: Write, kind: ChangeKind = ChangeKind.BULK) -> Acting:
    who = Acting(kind=kind, actor_kind=ActorKind.SYSTEM, actor_key="test")
    with acting(who), sessions.begin() as session:
        write(session)
    return who


def sealed(sessions: sessionmaker[Session]) -> int:
    with sessions.begin() as session:
        return seal(session, KEYS, 10_000)


def rows_of(session: Session, who: Acting) -> list[ChangeRow]:
    return list(history.of_change(session, who.id, most=1000))


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize(
    ("write", "kind"),
    [(bulk_edit, ChangeKind.BULK), (imported, ChangeKind.IMPORT), (deleted, ChangeKind.FORM)],
)
def test_undoing_restores_equal_rows(
    sessions: sessionmaker[Session], write: Write, kind: ChangeKind, *, encrypted: bool
) -> None:
    company(sessions)
    with sessions() as session:
        before = everything(session)
    who = done(sessions, write, kind)
    if encrypted:
        assert sealed(sessions) >= 30
    with acting(somebody()), sessions.begin() as session:
        assert everything(session) != before
        change, plan = plan_of(session, who)
        assert undo.why_not(change, plan) == ""
        undo.undo(session, plan, TABLES, texts_of(session, KEYS, rows_of(session, who)))
        assert everything(session) == before


def test_values_that_are_encrypted_while_somebody_undoes_come_back_too(sessions: sessionmaker[Session]) -> None:
    company(sessions, 3)
    with sessions() as session:
        before = everything(session)
    who = done(sessions, bulk_edit)
    with acting(somebody()), sessions.begin() as session:
        texts = texts_of(session, KEYS, rows_of(session, who))
        change, plan = plan_of(session, who)
        assert sealed(sessions) > 0
        assert undo.why_not(change, plan) == ""
        undo.undo(session, plan, TABLES, texts)
        assert everything(session) == before


def test_rows_that_were_read_before_they_were_encrypted_are_found_encrypted(sessions: sessionmaker[Session]) -> None:
    company(sessions, 1)
    who = done(sessions, bulk_edit)
    with sessions() as session:
        rows = rows_of(session, who)
        sealed(sessions)
        assert set(texts_of(session, KEYS, rows)) == {row.id for row in rows}


def test_what_is_encrypted_stands_nowhere_in_clear_and_is_shown(sessions: sessionmaker[Session]) -> None:
    (ada,) = company(sessions, 1)
    who = done(sessions, lambda session: session.execute(update(Customer).values(email="new@example.com")))
    assert sealed(sessions) == 3
    assert sealed(sessions) == 0
    with sessions() as session:
        words = session.execute(text("SELECT string_agg(change_rows::text, ' ') FROM admin.change_rows")).scalar_one()
        assert "example.com" not in words
        (row,) = rows_of(session, who)
        assert row.personal is None
        show(session, KEYS, [row])
        assert row.personal == {"email": ["ada@example.com", "new@example.com"]}
        assert (row.subject_kind, row.subject_key) == ("customer", str(ada.id))
        assert not session.dirty


@pytest.mark.parametrize("encrypted", [False, True])
def test_of_an_erased_person_only_that_something_changed_is_left(
    sessions: sessionmaker[Session], *, encrypted: bool
) -> None:
    ada, eve = company(sessions, 2)
    who = done(sessions, lambda session: session.execute(update(Customer).values(email="new@example.com")))
    if encrypted:
        sealed(sessions)
    with sessions.begin() as session:
        assert KEYS.destroy(session, "customer", str(ada.id))
    sealed(sessions)
    with sessions() as session:
        rows = {row.subject_key: row for row in rows_of(session, who)}
        show(session, KEYS, rows.values())
        assert {key: is_erased(row) for key, row in rows.items()} == {str(ada.id): True, str(eve.id): False}
        assert rows[str(ada.id)].personal_columns == ["email"]
        change, plan = plan_of(session, who)
        assert (
            undo.why_not(change, plan) == "1 of 2 rows can't be put back. Personal values it held were erased for good."
        )


def test_forgetting_takes_values_whether_encrypted_or_not(sessions: sessionmaker[Session]) -> None:
    ada, _ = company(sessions, 2)
    sealed(sessions)
    done(sessions, bulk_edit)
    for expected in (3, 0):
        with sessions.begin() as session:
            assert session.scalar(select(func.admin.forget_personal("customer", str(ada.id)))) == expected
    with sessions() as session:
        kept = session.scalars(select(ChangeRow).where(ChangeRow.personal.is_not(None))).all()
        assert {row.subject_key for row in kept} & {str(ada.id)} == set()


def test_the_values_of_one_row_do_not_open_in_another(sessions: sessionmaker[Session]) -> None:
    company(sessions, 1)
    sealed(sessions)
    with sessions() as session:
        first, second = session.scalars(select(ChangeRow).where(ChangeRow.personal_sealed.is_not(None)).limit(2))
        first.personal_sealed = second.personal_sealed
        with session.no_autoflush, pytest.raises(ValueError, match=f"row {first.id} were not encrypted for it"):
            show(session, KEYS, [first])
        session.rollback()


def test_the_web_can_encrypt_values_and_nothing_else(sessions: sessionmaker[Session]) -> None:
    company(sessions, 1)
    sealed(sessions)
    with sessions.begin() as session:
        before = session.execute(text("SELECT md5(string_agg(c::text, ' ')) FROM admin.change_rows c")).scalar_one()
        session.execute(
            text("SELECT admin.seal_personal((SELECT array_agg(id) FROM admin.change_rows), ARRAY['x'::bytea])")
        )
        after = session.execute(text("SELECT md5(string_agg(c::text, ' ')) FROM admin.change_rows c")).scalar_one()
        assert after == before
    with sessions() as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("UPDATE admin.change_rows SET personal_sealed = NULL"))


def test_a_row_two_steps_from_its_subject_finds_it_also_when_a_cascade_took_the_way(
    sessions: sessionmaker[Session],
) -> None:
    (ada,) = company(sessions, 1)

    def revise(session: Session) -> None:
        note = session.scalars(select(CustomerNote)).one()
        session.add(CustomerNoteRevision(note_id=note.id, number=1, body="Wrote."))

    revised = done(sessions, revise)
    gone = done(sessions, deleted)
    with sessions() as session:
        subjects = {(row.subject_kind, row.subject_key) for who in (revised, gone) for row in rows_of(session, who)}
        assert subjects == {("customer", str(ada.id))}

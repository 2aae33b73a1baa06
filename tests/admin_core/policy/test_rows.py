"""Every known way around row rules, tried against a policy session: nothing foreign is read or changed."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    ForeignKey,
    create_engine,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.orm.exc import ObjectDeletedError

from admin_core.policy import (
    Person,
    PolicySession,
    Refused,
    Seeing,
    UnguardedStatementError,
    limit,
    rules_on,
)
from admin_core.policy.named import held
from schema.views import SavedView
from tests.databases import normal
from tests.rules import rule, ruled


class Base(DeclarativeBase):
    """Tables of this test alone, made and rolled back with it."""


class Shelf(Base):
    __tablename__ = "policy_test_shelves"
    id: Mapped[int] = mapped_column(primary_key=True)
    notes: Mapped[list["Note"]] = relationship(back_populates="shelf")

    key, group, plural, columns = "shelves", "Data", "Shelves", {}


class Note(Base):
    __tablename__ = "policy_test_notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str]
    text: Mapped[str]
    shelf_id: Mapped[int] = mapped_column(ForeignKey("policy_test_shelves.id"))
    shelf: Mapped[Shelf] = relationship(back_populates="notes")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("policy_test_notes.id"))
    parent: Mapped["Note | None"] = relationship(remote_side="Note.id")


class NoteSpec:
    key, group, plural, columns, model = "notes", "Data", "Notes", {}, Note


FINN = Person(uuid.uuid4(), "Finn", ("cape",), frozenset({"data:notes:read"}))
OTTO = Person(uuid.uuid4(), "Otto", ("karoo",), frozenset({"data:notes:read"}))
NOMSA = Person(id=uuid.uuid4(), name="Nomsa", roles=("Owner",), permissions=frozenset({"*"}))


def only_the_cape(person: Person) -> ColumnElement[bool] | None:
    return None if person.has("data:notes:delete") else Note.region == person.roles[0]


CAPE = rule(Note, only_the_cape)


@pytest.fixture(scope="module")
def server(server_url: str) -> Iterator[Engine]:
    engine = create_engine(normal(server_url))
    yield engine
    engine.dispose()


@pytest.fixture
def connection(server: Engine) -> Iterator[Connection]:
    with ruled(CAPE), server.connect() as connection, connection.begin() as transaction:
        Base.metadata.create_all(connection)
        connection.execute(insert(Shelf), [{"id": 1}])
        rows = [(1, "cape", "mine", None), (2, "karoo", "foreign", None), (3, "cape", "child", 2)]
        columns = ("id", "region", "text", "parent_id")
        connection.execute(insert(Note), [{**dict(zip(columns, row, strict=True)), "shelf_id": 1} for row in rows])
        yield connection
        transaction.rollback()


def open_session(connection: Connection, person: Person) -> PolicySession:
    return PolicySession(connection, person=person, join_transaction_mode="create_savepoint")


@pytest.fixture
def session(connection: Connection) -> Iterator[PolicySession]:
    with open_session(connection, FINN) as session:
        yield session


def rows(connection: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text("SELECT id, text FROM policy_test_notes ORDER BY id"))]


UNTOUCHED = [(1, "mine"), (2, "foreign"), (3, "child")]

some = aliased(Note)
parent = aliased(Note)
READS: dict[str, Any] = {
    "entity": select(Note.text),
    "alias": select(some.text),
    "join": select(Note.text).select_from(Shelf).join(Shelf.notes),
    "join to parent": select(parent.text).select_from(Note).join(parent, Note.parent_id == parent.id),
    "in": select(Shelf.id).where(Shelf.id.in_(select(Note.shelf_id).where(Note.text == "foreign"))),
    "exists": select(Shelf.id).where(Shelf.notes.any(Note.text == "foreign")),
    "scalar": select(Shelf.id, select(func.count()).where(Note.text == "foreign").scalar_subquery()),
    "subquery": select(select(Note.text).subquery()),
    "cte": select(select(Note.text).cte()),
    "union": union_all(select(Note.text), select(Note.text)),
    "from union": select(Note).from_statement(union_all(select(Note), select(Note))),
    "count": select(literal("foreign")).select_from(Note).where(Note.id == 2),
    "aggregate": select(func.string_agg(Note.text, ",")),
}


@pytest.mark.parametrize("shape", READS)
def test_no_shape_of_select_returns_a_hidden_row(session: PolicySession, shape: str) -> None:
    found = session.execute(READS[shape]).all()
    assert "foreign" not in str([[getattr(cell, "text", cell) for cell in row] for row in found])
    if shape in {"in", "exists"}:
        assert found == []
    if shape == "scalar":
        assert found == [(1, 0)]


@pytest.mark.parametrize("shape", ["entity", "alias", "subquery", "union", "join to parent"])
def test_a_cached_statement_is_restricted_anew_for_each_person(connection: Connection, shape: str) -> None:
    seen = {}
    for person in (FINN, OTTO, FINN):
        with open_session(connection, person) as session:
            seen[person.name] = {row[0] for row in session.execute(READS[shape])}
    mine, theirs = seen["Finn"], seen["Otto"]
    assert "foreign" not in mine
    assert theirs == (set() if shape == "join to parent" else {"foreign"})


@pytest.mark.parametrize("load", [joinedload, selectinload])
def test_related_rows_are_hidden_too(session: PolicySession, load: Callable[..., Any]) -> None:
    shelf = session.scalars(select(Shelf).options(load(Shelf.notes))).unique().one()
    assert {note.id for note in shelf.notes} == {1, 3}
    child = session.scalars(select(Note).where(Note.id == 3).options(load(Note.parent))).one()
    assert child.parent is None


def test_a_lazily_loaded_hidden_parent_is_none(session: PolicySession) -> None:
    assert session.get_one(Note, 3).parent is None
    assert session.get_one(Shelf, 1).notes[0].id != 2


def test_limit_survives_compilation_outside_a_session(connection: Connection) -> None:
    statement = limit(select(Note.id).order_by(Note.id), FINN, NoteSpec())
    compiled = statement.compile(dialect=dialect(), compile_kwargs={"literal_binds": True})
    assert [row.id for row in connection.execute(text(str(compiled)))] == [1, 3]
    assert [row.id for row in connection.execute(limit(select(Note.id), NOMSA, NoteSpec()))] == [1, 2, 3]


def test_limit_refuses_without_read_access() -> None:
    with pytest.raises(Refused, match="You may not read notes"):
        limit(select(Note), Person(uuid.uuid4(), "Ada"), NoteSpec())


@pytest.mark.parametrize("ident", [2, (2,), {"id": 2}])
def test_get_finds_no_hidden_row_even_when_loaded_before(session: PolicySession, ident: Any) -> None:
    note = smuggle(session)
    assert note in session
    assert session.get(Note, ident) is None
    with pytest.raises(NoResultFound):
        session.get_one(Note, ident)
    assert session.get(Note, 1, with_for_update=True) is not None


def smuggle(session: PolicySession) -> Note:
    """Bring the hidden row into the session, as a change of rules in mid-flight would."""
    session.person, finn = NOMSA, session.person
    note = session.get_one(Note, 2)
    session.person = finn
    return note


def test_refresh_of_a_hidden_row_is_refused(session: PolicySession) -> None:
    with pytest.raises(Refused, match="somebody else"):
        session.refresh(smuggle(session))
    session.refresh(session.get_one(Note, 1))


def test_an_expired_hidden_row_is_not_loaded_again(session: PolicySession) -> None:
    note = smuggle(session)
    session.expire(note)
    with pytest.raises(ObjectDeletedError):
        _ = note.text


def change(session: PolicySession) -> None:
    smuggle(session).text = "changed"
    session.flush()


def change_key(session: PolicySession) -> None:
    note = smuggle(session)
    note.id, note.region = 9, "cape"
    session.flush()


def remove(session: PolicySession) -> None:
    session.delete(smuggle(session))
    session.flush()


def merge(session: PolicySession) -> None:
    note = smuggle(session)
    assert session.merge(Note(id=2, text="changed")) is note
    session.flush()


@pytest.mark.parametrize("write", [change, change_key, remove, merge])
def test_a_loaded_hidden_row_cannot_be_changed(
    session: PolicySession, connection: Connection, write: Callable[[PolicySession], None]
) -> None:
    with pytest.raises(Refused, match="somebody else"):
        write(session)
    session.rollback()
    assert rows(connection) == UNTOUCHED


def test_a_visible_row_can_be_changed(session: PolicySession, connection: Connection) -> None:
    session.get_one(Note, 1).text = "better"
    session.flush()
    assert rows(connection)[0] == (1, "better")


def test_bulk_statements_touch_visible_rows_only(session: PolicySession, connection: Connection) -> None:
    session.execute(update(Note).values(text="changed"))
    session.execute(delete(Note).where(Note.text == "foreign"))
    assert rows(connection) == [(1, "changed"), (2, "foreign"), (3, "changed")]


new = {"id": 2, "region": "cape", "text": "x", "shelf_id": 1}
UNGUARDED: dict[str, Callable[[PolicySession], Any]] = {
    "core": lambda s: s.execute(select(Note.__table__)),
    "core exists": lambda s: s.execute(select(exists().where(Note.__table__.c.id == 2))),
    "text": lambda s: s.execute(text("SELECT text FROM policy_test_notes")),
    "from text": lambda s: s.scalars(select(Note).from_statement(text("SELECT * FROM policy_test_notes"))),
    "query from text": lambda s: s.query(Note).from_statement(text("SELECT * FROM policy_test_notes")).all(),
    "update list": lambda s: s.execute(update(Note), [{"id": 2, "text": "changed"}]),
    "insert select": lambda s: s.execute(insert(Shelf).from_select(["id"], select(Note.__table__.c.id))),
    "upsert": lambda s: s.execute(
        upsert(Note).values(**new).on_conflict_do_update(index_elements=["id"], set_={"text": "changed"})
    ),
    "core update": lambda s: s.execute(update(Note.__table__).values(text="changed")),
    "core delete": lambda s: s.execute(delete(Note.__table__)),
    "bulk save": lambda s: s.bulk_save_objects([smuggle(s)]),
    "bulk update": lambda s: s.bulk_update_mappings(Note, [{"id": 2, "text": "changed"}]),
    "bulk insert": lambda s: s.bulk_insert_mappings(Note, [new]),
}


@pytest.mark.parametrize("way", UNGUARDED)
def test_what_cannot_be_restricted_is_refused(session: PolicySession, connection: Connection, way: str) -> None:
    with pytest.raises(UnguardedStatementError, match=r"policy|hidden"):
        UNGUARDED[way](session)
    session.rollback()
    assert rows(connection) == UNTOUCHED


def test_a_person_without_a_rule_may_upsert(connection: Connection) -> None:
    with open_session(connection, NOMSA) as session:
        statement = upsert(Note).values(**new)
        session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"text": "changed"}))
        session.commit()
    assert rows(connection)[1] == (2, "changed")


def test_saved_views_of_others_are_private() -> None:
    (rule,) = rules_on(SavedView)
    criterion = rule.criterion(FINN)
    assert criterion is not None
    sql = str(criterion.compile(dialect=dialect(), compile_kwargs={"literal_binds": True}))
    assert "shared" in sql
    assert str(FINN.id) in sql


def not_on_shelves_of_others(_person: Person) -> ColumnElement[bool]:
    """Ask another ruled model: its own rule must not narrow the question."""
    return Shelf.id.not_in(select(Note.shelf_id).where(Note.region == "karoo"))


def test_a_criterion_may_ask_about_rows_that_are_hidden(connection: Connection) -> None:
    with ruled(rule(Shelf, not_on_shelves_of_others)), open_session(connection, FINN) as session:
        assert session.scalars(select(Shelf)).all() == []
        assert session.get(Shelf, 1) is None
        assert session.scalars(limit(select(Shelf.id), FINN, SeenShelf())).all() == []
        assert session.scalars(select(Shelf.id).join(Shelf.notes)).all() == []
        shelf = aliased(Shelf)
        assert session.scalars(select(shelf.id).join(Note, Note.shelf_id == shelf.id)).all() == []


class SeenShelf(NoteSpec):
    model = Shelf


def test_several_rules_on_a_model_hold_together(connection: Connection) -> None:
    with ruled(rule(Note, lambda _: Note.id != 1)), open_session(connection, FINN) as session:
        assert session.scalars(select(Note.id)).all() == [3]


def test_a_permission_lifts_a_rule_that_names_one(connection: Connection) -> None:
    known = rule(Shelf, lambda _: Shelf.id != 1, "test:shelves:open")
    keeper = replace(FINN, permissions=FINN.permissions | {"test:shelves:open"})
    with ruled(known):
        for person, seen in ((FINN, []), (keeper, [1]), (NOMSA, [1])):
            with open_session(connection, person) as session:
                assert session.scalars(select(Shelf.id)).all() == seen


def test_a_rule_that_fails_hides_every_row(connection: Connection, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_person: Person) -> ColumnElement[bool]:
        raise RuntimeError("no such region")

    with ruled(rule(Shelf, fail)), open_session(connection, NOMSA) as session:
        assert session.scalars(select(Shelf.id)).all() == []
    assert "every row of Shelf is hidden" in caplog.text


def test_nothing_is_added_for_who_is_hidden_nothing() -> None:
    statement = select(Note.id)
    with ruled(rule(Note, lambda _: None)):
        assert str(limit(statement, NOMSA, NoteSpec())) == str(statement)


@pytest.mark.parametrize(
    ("permission", "patterns"),
    [
        ("finance:reports:read", {"finance:*:read"}), ("finance:reports:read", {"*", "!finance:*"}),
        ("finance:reports:read", {"*:read", "!*:reports:*"}), ("a_b:c:d", {"a_b:*"}), ("axb:c:d", {"a_b:*"}),
        ("a%b:c:d", {"a%b:*"}), ("finance:reports:read", set()), ("finance:reports:read", {"!nothing"}),
    ],
)  # fmt: skip
def test_sql_knows_who_holds_a_permission_as_the_person_does(
    connection: Connection, permission: str, patterns: set[str]
) -> None:
    person = Person(uuid.uuid4(), "Finn", ("A",), frozenset(patterns))
    narrow = replace(person, seeing=Seeing("x", 0.0, frozenset({"finance:*"})))
    for who in (person, narrow):
        found = connection.scalar(select(held(literal(permission), who)))
        assert found is who.has(permission)

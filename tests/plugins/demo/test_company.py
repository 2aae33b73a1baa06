"""The demo company as a whole: the same for the same day, only where it may be, nothing empty that should not be."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

import click
import pytest
from sqlalchemy import Connection, Engine, String, create_engine, text

from admin_core.plugin_loading import load_plugins
from plugins.demo import company
from plugins.demo.clock import Span, snapped
from plugins.demo.copying import Book
from schema.base import Base
from schema.tags import options_of
from tests.plugins.demo.conftest import CUSTOMERS, NOW, marked

Rows = Callable[[str], list[tuple[object, ...]]]

EMPTY = {
    # Written by the machinery once it runs; invented rows would be false evidence.
    "audit_anchors", "audit_checkpoints", "audit_entries", "audit_keys", "audit_prunes", "access_entries",
    "change_sets",    "erasure_certificates", "outside_writes", "effects", "jobs", "job_queues", "job_schedules",
    "worker_beats", "artifacts",    "data_exports", "data_imports", "rollup_states", "approvals",
    # Made by signing in and by the settings pages; a demo starts with none.
    "sign_in_attempts", "sign_in_links", "staff_devices", "staff_sessions", "webauthn_credentials", "ip_allow_entries",
    "plugin_states", "staff_own_accounts",
    # Nothing is reflected in a demo, no vendor asked and nothing written back.
    "column_classes", "password_resets", "source_writes",
}  # fmt: skip
ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)*)")
EXAMPLE = re.compile(r"(?:^|\.)example(?:\.(?:com|org|net))?$")


def test_hook_register_demo_offers_the_company() -> None:

    plugin = load_plugins()
    assert [demo.seed for demo in plugin.items("register_demo")] == [company.seed]


def digest(size: int) -> str:
    """Hash everything that would be written, but for the one value that must not be guessed."""
    pages = hashlib.sha256()

    class Nothing:
        def execute(self, *_: object) -> "Nothing":
            return self

        def fetchall(self) -> list[tuple[str, str]]:
            return []

    book = Book("hireinbox")
    world = company.begin(book, Span(snapped(NOW)), Nothing())  # type: ignore[arg-type]  # only asked for roles: none
    for n in range(size):
        company.customer(book, world, n)
    company.around(book, world)
    for table, columns, rows in book.pages():
        skipped = {columns.index("fs_uniquifier")} if "fs_uniquifier" in columns else set()
        for row in rows:
            kept = [getattr(value, "obj", value) for i, value in enumerate(row) if i not in skipped]
            pages.update(repr((table, columns, kept)).encode())
    return pages.hexdigest()


def test_the_same_day_makes_the_same_rows() -> None:
    assert digest(12) == digest(12) != digest(11)


def test_a_customer_does_not_depend_on_how_many_there_are(rows: Rows) -> None:
    book = Book("hireinbox")
    someone = company.customers.meet(book.pen("customer", 5), Span(snapped(NOW)), 5)
    assert rows(f"SELECT count(*) FROM admin.customers WHERE id = '{someone.id}'") == [(1,)]


def test_all_hours_of_a_working_day_are_one_story() -> None:
    assert snapped(NOW) == snapped(NOW - timedelta(hours=6)) <= NOW - timedelta(hours=6)


def test_it_stays_out_of_databases_that_are_no_demo(fresh_database: str) -> None:
    engine = create_engine(fresh_database)
    with pytest.raises(click.ClickException, match="not made for a demo"):
        company.seed(engine, 1, lambda _: None, NOW)
    assert count(engine, "plans") == 0
    engine.dispose()


def test_it_stays_out_of_databases_with_customers(fresh_database: str) -> None:
    engine = marked(fresh_database)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO admin.customers (id, product_line, company_name, email, status, signup_at)"
                 " VALUES (gen_random_uuid(), 'b2b', 'Otto', 'otto@example.com', 'active', now())")
        )  # fmt: skip
    with pytest.raises(click.ClickException, match="holds customers already"):
        company.fill(engine, 3, lambda _: None, NOW)
    assert (count(engine, "plans"), count(engine, "customers")) == (0, 1)
    engine.dispose()


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM admin.{table}")) or 0)


def test_everything_that_people_look_at_holds_something(demo: Connection) -> None:
    shown = {m.local_table.name for m in Base.registry.mappers if not options_of(m.class_).hidden}  # type: ignore[attr-defined]
    empty = {t for t in shown if not demo.scalar(text(f"SELECT EXISTS (SELECT FROM admin.{t})"))}
    assert empty == EMPTY & shown


def test_every_address_is_one_that_nobody_has(demo: Connection) -> None:
    found: dict[str, str] = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, String):
                continue
            texts = demo.scalars(
                text(f'SELECT "{column.name}" FROM {table.fullname} WHERE "{column.name}" LIKE \'%@%\'')
            )
            for host in {found for words in texts for found in ADDRESS.findall(words)}:
                if not EXAMPLE.search(host):
                    found[f"{table.name}.{column.name}"] = host
    assert found == {}


def test_phone_numbers_are_of_an_exchange_that_is_not_given_out(rows: Rows) -> None:
    numbers = [n for (n,) in rows("SELECT phone FROM admin.customers UNION SELECT phone FROM admin.candidates") if n]
    assert len(numbers) > CUSTOMERS
    assert all(re.fullmatch(r"\+27[678]\d000\d{4}", str(number)) for number in numbers)


def test_nothing_happens_after_today(demo: Connection) -> None:
    late = {}
    for table in Base.metadata.sorted_tables:
        for name in ("created_at", "occurred_at", "decided_at", "paid_at", "started_at", "issued_at", "submitted_at"):
            if name in table.columns:
                sql = text(f"SELECT count(*) FROM {table.fullname} WHERE {name} > :now")
                if found := demo.scalar(sql, {"now": snapped(NOW)}):
                    late[f"{table.name}.{name}"] = found
    assert late == {}

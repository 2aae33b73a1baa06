"""Writes the whole demo company: once, into an empty database that is marked as a demo."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click
import psycopg
from sqlalchemy import Engine

from admin_core import demo_mark
from plugins.demo import (
    catalog,
    consent_texts,
    content,
    costs,
    crashes,
    customers,
    flags,
    health,
    messages,
    numbering,
    outside,
    privacy,
    prompts,
    reports,
    seekers,
    support,
    team,
)
from plugins.demo.clock import Span, snapped
from plugins.demo.copying import Book, Press, adapt
from plugins.demo.lifecycle import Life
from plugins.demo.usage import Diary
from plugins.demo.who import Sample, Standing, World

CUSTOMERS = 2_000
CHUNK = 100
SEED = "hireinbox"
SAMPLES = 400

Report = Callable[[str], None]


def seed(engine: Engine, scale: float, report: Report, now: datetime | None = None) -> None:
    """Fill the database with the demo company of this scale, all of it or nothing."""
    fill(engine, round(scale * CUSTOMERS), report, now or datetime.now(UTC))


def fill(engine: Engine, count: int, report: Report, now: datetime, name: str = SEED) -> dict[str, int]:
    """Write so many customers and all that belongs to them; return how many rows each table got."""
    with engine.begin() as connection:
        refuse_real_data(connection.connection.driver_connection, is_demo=demo_mark.is_demo(connection))
        book = write(connection.connection.driver_connection, count, report, Span(snapped(now)), name)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")
    report(f"{sum(book.written.values()):,} rows in {len(book.written)} tables.".replace(",", " "))
    return book.written


def refuse_real_data(driver: Any, *, is_demo: bool) -> None:
    """Raise a sentence unless this database was made for a demo and holds no customer."""
    if not is_demo:
        raise click.ClickException("This database was not made for a demo: nothing is invented in it.")
    if driver.execute("SELECT EXISTS (SELECT FROM admin.customers)").fetchone()[0]:
        raise click.ClickException("This database holds customers already: the demo company needs an empty one.")


def write(driver: Any, count: int, report: Report, span: Span, name: str) -> Book:
    """Write the company chunk by chunk, so that memory does not grow with its size."""
    connection: psycopg.Connection[Any] = driver
    adapt(connection.adapters)
    book = Book(name)
    world = begin(book, span, connection)
    with Press(connection) as press:
        press.write(book)
        for n in range(count):
            customer(book, world, n)
            if (n + 1) % CHUNK == 0:
                press.write(book)
            if (n + 1) % (10 * CHUNK) == 0:
                report(f"{n + 1} of {count} customers")
        press.write(book)
        around(book, world)
        press.write(book)
        press.wait()
    numbering.number(connection)
    numbering.count_redemptions(connection)
    return book


def begin(book: Book, span: Span, connection: psycopg.Connection[Any]) -> World:
    """Write what is there before the first customer."""
    members = team.write(book, span, connection)
    return World(
        span,
        members,
        catalog.write(book, span, members.owner),
        prompts.write(book, span, members),
        consent_texts.write(book, span),
    )


def around(book: Book, world: World) -> None:
    """Write what surrounds the customers: costs, health, support, privacy, content, reports."""
    costs.write(book, world)
    health.write(book, world)
    crashes.write(book, world)
    support.write(book, world)
    privacy.write(book, world)
    messages.write(book, world, content.write(book, world))
    flags.write(book, world)
    reports.write(book, world)
    reports.views(book, world)
    outside.write(book, world)


def customer(book: Book, world: World, n: int) -> None:
    """Write the n-th customer with all that is theirs; each draws from streams of its own."""
    someone = customers.meet(book.pen("customer", n), world.span, n)
    money = book.pen("money", n)
    if someone.line == "b2c":
        standing = seekers.live(money, world.span, world.catalog, someone)
    else:
        standing = Life(money, world.span, world.catalog, someone).run()
    Diary(book.pen("usage", n), world, someone).live(standing)
    activate(world, standing)
    customers.write(book.pen("record", n), world, someone, standing)
    if len(world.samples) < SAMPLES:
        world.samples.append(
            Sample(someone.id, someone.line, someone.name, someone.email, someone.people[0], standing.status)
        )


def activate(world: World, standing: Standing) -> None:
    """Note that nobody was active later than today."""
    if standing.last_active_at is not None:
        standing.last_active_at = min(standing.last_active_at, world.span.now)

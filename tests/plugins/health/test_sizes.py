"""Sizes of databases and tables: recorded at night, shown with their growth, and when a limit is reached."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from plugins.health import rules
from schema.health_checks import SizeSample
from tests.journeys.site import Site, make_site
from tests.running import idle_machine, run_job

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 11)


@pytest.mark.parametrize(
    ("sizes", "limit", "full"),
    [
        ([(FIRST, 100), (LAST, 200)], 300, date(2026, 3, 21)),
        ([(FIRST, 100), (LAST, 200)], 301, date(2026, 3, 22)),  # a part of a day is the next day
        ([(FIRST, 100), (LAST, 200)], 200, LAST),
        ([(FIRST, 300), (LAST, 250)], 200, LAST),
        ([(FIRST, 100), (LAST, 100)], 300, None),
        ([(FIRST, 200), (LAST, 100)], 300, None),
        ([(FIRST, 100)], 300, None),
        ([(FIRST, 100), (LAST, 101)], 10**9, None),  # in 27 million years
        ([(FIRST, 100), (LAST, 200)], None, None),
        ([], 300, None),
    ],
)
def test_a_limit_is_reached_at_the_average_growth(
    sizes: list[tuple[date, int]], limit: int | None, full: date | None
) -> None:
    assert rules.full_on(sizes, limit) == full


@pytest.fixture
def site(fresh_database: str) -> Site:
    return make_site(fresh_database)


def test_hook_register_jobs_records_sizes_once_a_day(site: Site) -> None:
    machine = site.machine
    said = run_job(machine, "health.record-sizes", slot="2026-03-05T03:10:00+02:00")
    with machine.database.sessions() as session:
        rows = session.execute(sa.select(SizeSample.day, SizeSample.kind, SizeSample.size_bytes)).all()
        tables = session.scalar(sa.text("SELECT count(*) FROM pg_tables WHERE schemaname = 'admin'"))
    assert said == f"Recorded {len(rows)} sizes."
    assert {row.day for row in rows} == {date(2026, 3, 5)}
    assert sum(row.kind == "table" for row in rows) >= (tables or 0)
    assert all(row.size_bytes > 0 for row in rows if row.kind == "database")
    machine.database.engine.dispose()


def test_hook_register_pages_shows_what_was_recorded(site: Site) -> None:
    owner = site.client("Owner")
    assert "No sizes recorded yet" in owner.get("/admin/health/sizes").text
    with site.machine.database.transaction() as session:
        for day, size in ((date(2026, 2, 1), 10**9), (date(2026, 3, 3), 2 * 10**9)):
            session.add(SizeSample(day=day, kind="database", name="app", size_bytes=size, limit_bytes=5 * 10**9))
            session.add(SizeSample(day=day, kind="table", name="events", size_bytes=size // 2, row_count=12_480))
    with site.counted() as statements:
        page = owner.get("/admin/health/sizes").text.replace("\u00a0", " ")
    assert len(statements) <= 5  # four of its own, one for who asks
    assert "2,0 GB of 5,0 GB" in page.replace("<strong>", "").replace("</strong>", "")
    assert "it is full on 2026-06-01" in page
    assert "+500,0 MB" in page
    site.machine.database.engine.dispose()


def test_who_lacks_the_permission_sees_neither_page_nor_entry(
    make_database: Callable[[], str],
) -> None:
    site = make_site(make_database())
    otto = site.client("Viewer")
    with site.machine.database.transaction() as session:
        session.execute(sa.text("UPDATE admin.roles SET permissions = '{data:customers:read}' WHERE name = 'Viewer'"))
    assert otto.get("/admin/health/sizes").status_code == 403
    assert "/admin/health/sizes" not in otto.get("/admin/").text
    site.machine.database.engine.dispose()


def test_hook_register_permissions_names_what_is_asked_for() -> None:
    names = {permission.name for permission in idle_machine().plugins.items("register_permissions")}
    assert {"health:sizes:read", "support:tickets:assign"} <= names

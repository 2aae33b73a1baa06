"""A second company's database, of another shape, becomes rows of ours by a mapping that the documentation alone taught.

``supabase.sql`` was made first and ``supabase.toml`` after it by ``docs/sources.md`` and ``admin source columns``.
"""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from admin_core.sources.checking import checked
from admin_core.sources.mapping import read_source
from schema import load_models
from tests.admin_core.sources.world import HERE, SourceWorld
from tests.databases import address, drop, server, unique_name

pytestmark = pytest.mark.timeout(120)
PLANS = """
INSERT INTO admin.plans (id, key, name, product_line)
  SELECT gen_random_uuid(), key, initcap(key), 'b2b' FROM unnest(ARRAY['starter', 'growth', 'scale']) AS key;
INSERT INTO admin.prices (id, plan_id, nickname, amount_cents, interval, includes_vat, valid_from, external_id)
  SELECT gen_random_uuid(), p.id, w.id, w.cents, w.every, true, '2025-01-01', w.id FROM admin.plans p
  JOIN (VALUES ('growth', 'price_growth_y', 1000000, 'year'), ('starter', 'price_starter_m', 49900, 'month'))
    AS w (plan, id, cents, every) ON w.plan = p.key"""


@pytest.fixture
def theirs(server_url: str, make_database: Callable[[], str]) -> Iterator[SourceWorld]:
    load_models()
    name = unique_name("supabase")
    with server(server_url) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    files = HERE / "supabase.toml", HERE / "supabase.sql", PLANS
    world = SourceWorld.open(make_database(), address(server_url, name), *files)
    yield world
    world.close()
    drop(server_url, name)


def counts(world: SourceWorld, slug: str = "core.sync-sources") -> dict[str, tuple[int, ...]]:
    """Return what a reading came to: new, changed, refused."""
    return {name: (row.inserted, row.updated, row.rejected) for name, row in world.sync(slug).items()}


NOTHING = {"organizations": (0, 0, 1), "seekers": (0, 0, 1), "subscriptions": (0, 0, 1)}


def test_it_comes_from_empty_and_then_by_what_changed(theirs: SourceWorld) -> None:
    lines, failed = checked(
        read_source(theirs.machine.settings.source_file), theirs.machine.registry, theirs.machine.settings.source_url
    )
    assert not failed, lines
    first = counts(theirs)
    assert first == {
        "organizations": (3, 0, 1),
        "seekers": (1, 0, 1),
        "members": (3, 0, 0),
        "subscriptions": (3, 0, 1),
        "job-posts": (2, 0, 0),
        "applicants": (198, 0, 0),
        "decisions": (198, 0, 0),
    }
    what_came_is_right(theirs)
    again = counts(theirs)
    assert {name: found for name, found in again.items() if any(found)} == NOTHING, "nothing is written twice"
    what_changed_comes_alone(theirs)
    what_is_gone_goes(theirs)


def what_came_is_right(world: SourceWorld) -> None:
    customers = (
        "SELECT company_name, email, product_line, status, signup_at::text, closed_at::text FROM admin.customers"
    )
    assert world.rows(f"{customers} WHERE company_name IS NOT NULL ORDER BY 1") == [
        ("Closed Doors", "gone@doors.test", "b2b", "closed", "2025-01-13 07:00:00+00", "2025-05-31 21:30:00+00"),
        ('Kestrel "Quick" Hiring %', "billing@kestrel.test", "b2b", "active", "2025-01-09 23:30:00+00", None),
        ("Otto Agency", "otto@agency.test", "recruiter", "past_due", "2025-01-12 07:00:00+00", None),
    ]
    assert world.rows(
        "SELECT person_name, email, status, signup_at::text FROM admin.customers WHERE company_name IS NULL"
    ) == [("Nomsa Dube", "nomsa@seekers.test", "active", "2025-02-01 21:59:59+00")]
    people = "SELECT c.company_name, p.name, p.email, p.role, p.is_primary FROM admin.people p JOIN admin.customers c"
    assert world.rows(f"{people} ON c.id = p.customer_id ORDER BY 1, 2") == [
        ('Kestrel "Quick" Hiring %', "Ada Kestrel", "ada@kestrel.test", "owner", True),
        ('Kestrel "Quick" Hiring %', "finn", "finn@kestrel.test", "member", False),
        ("Otto Agency", "Ada Kestrel", "ada@kestrel.test", "billing", False),
    ]
    subscriptions = """SELECT s.external_id, s.status, p.key, s.amount_cents, s.mrr_cents, s.quantity, s.interval,
      s.currency, s.current_period_start::text FROM admin.subscriptions s JOIN admin.plans p ON p.id = s.plan_id
      ORDER BY 1"""
    assert world.rows(subscriptions) == [
        ("sub_1", "active", "growth", 1_070_000, 89_167, 1, "year", "ZAR", "2025-06-01 00:00:00+00"),
        ("sub_2", "cancelled", "starter", 99_800, 0, 2, "month", "ZAR", "2025-05-01 00:00:00+00"),
        ("sub_3", "past_due", "starter", 49_900, 49_900, 1, "month", "ZAR", "2025-06-01 00:00:00+00"),
    ]
    decisions = """SELECT d.recommendation, d.score, d.model, d.latency_ms, d.decided_at::text, c.name, r.title
      FROM admin.ai_decisions d JOIN admin.candidates c ON c.id = d.candidate_id JOIN admin.job_roles r
      ON r.id = d.job_role_id ORDER BY d.decided_at LIMIT 3"""
    model = "gpt-4o-mini-2024-07-18"
    assert world.rows(decisions) == [
        ("shortlist", 0, model, 801, "2025-03-01 23:31:00+00", "Applicant 1", "Boilermaker"),
        ("consider", 0, model, 802, "2025-03-01 23:32:00+00", "Applicant 2", "Fitter & Turner"),
        ("reject", 0, model, 803, "2025-03-01 23:33:00+00", "Applicant 3", "Boilermaker"),
    ]
    assert world.reasons("organizations") == {"b0000000-0000-4000-8000-000000000004": "E-mail is empty and needed."}
    assert world.reasons("seekers") == {"a0000000-0000-4000-8000-000000000005": "E-mail is empty and needed."}
    assert world.reasons("subscriptions") == {
        "sub_6": "Price refers to a row with this external_id that is not there, or was refused itself."
    }


def what_changed_comes_alone(world: SourceWorld) -> None:
    """A joined table's change, a payment that came, a verdict more: each moves its own rows and no other."""
    world.over_there("""
        UPDATE auth.users SET email = 'ada@new.test', updated_at = '2025-06-02 08:00+00' WHERE email LIKE 'Ada%';
        UPDATE subscriptions SET status = 'active', synced_at = '2025-06-02 10:00' WHERE id = 'sub_3';
        INSERT INTO decisions (applicant_id, verdict, score, "modelVersion", "decidedAt")
          VALUES ('c0000000-0000-4000-8000-000000000001', 'No', 0.875, 'gpt-5', '2025-06-02 01:00');
        INSERT INTO organizations VALUES ('b0000000-0000-4000-8000-000000000009', 'Late & Co', 'late@co.test', NULL,
          false, '2025-06-02 09:00', '2025-06-02 10:00', NULL)""")
    found = counts(world)
    assert {name: each for name, each in found.items() if any(each)} == {
        **NOTHING,
        "organizations": (1, 1, 1),
        "members": (0, 2, 0),
        "subscriptions": (0, 1, 1),
        "decisions": (1, 0, 0),
    }
    assert world.rows("SELECT status FROM admin.customers WHERE company_name = 'Otto Agency'") == [("active",)]
    assert world.value("SELECT score FROM admin.ai_decisions WHERE model = 'gpt-5'") == 88


def what_is_gone_goes(world: SourceWorld) -> None:
    """Who joins an organization is no job seeker any more; an applicant who was deleted softly has withdrawn."""
    world.over_there("""
        INSERT INTO memberships VALUES ('b0000000-0000-4000-8000-000000000009', 'a0000000-0000-4000-8000-000000000003',
          'Owner', '2025-06-03 09:00', '2025-06-03 09:00');
        UPDATE applicants SET deleted_at = '2025-06-03 09:00', "updatedAt" = '2025-06-03 09:00'
          WHERE id = 'c0000000-0000-4000-8000-000000000199';
        UPDATE organizations SET deleted_at = '2025-06-03 00:30', "updatedAt" = '2025-06-03 00:30'
          WHERE "displayName" = 'Late & Co'""")
    found = counts(world, "core.compare-sources")
    assert found["seekers"] == (0, 1, 1)
    assert found["members"] == (1, 0, 0)
    status = (
        "SELECT coalesce(company_name, person_name), status FROM admin.customers WHERE status = 'closed' ORDER BY 1"
    )
    assert [row[0] for row in world.rows(status)] == ["Closed Doors", "Late & Co", "Nomsa Dube"]
    assert world.rows("SELECT external_id FROM admin.candidates WHERE status = 'withdrawn'") == [
        ("c0000000-0000-4000-8000-000000000199",)
    ]

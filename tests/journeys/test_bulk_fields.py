"""Which fields may be set for many rows at once, and what each takes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from schema.catalog import CreditPack
from schema.customers import Customer
from schema.service_levels import BusinessCalendar, Holiday
from schema.staff import Role, StaffMember
from tests.journeys.bulk import do, send, set_to
from tests.journeys.site import Site, own_site


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "bulkfields", as_web=True) as site:
        yield site


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


def editor(site: Site, *permissions: str) -> FlaskClient:
    """Return somebody with just these permissions."""
    name = f"Editor {uuid4()}"
    with site.machine.database.transaction() as session:
        role = Role(name=name, permissions=["page:*:read", *permissions])
        session.add(StaffMember(name="Lwazi", email=f"{uuid4()}@x.example", fs_uniquifier=str(uuid4()), roles=[role]))
    return site.client(name)


def test_what_is_masked_or_unique_is_not_offered_and_not_taken(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.transaction() as session:
        words = {"person_name": "Ada", "product_line": "b2c", "status": "active", "signup_at": datetime.now(UTC)}
        people = [Customer(email=f"{uuid4()}@x.example", **words) for _ in range(2)]
        session.add_all(people)
    keys = [("rowid", str(each.id)) for each in people]
    for client, sees in ((owner, True), (editor(site, "data:customers:*"), False)):
        url = str(send(client, "/admin/data/customers/select", *keys, ("do", "edit")).location)
        page = client.get(url).text
        assert ('name="do-phone"' in page) is sees
        assert 'name="do-industry"' in page
        answer = send(client, url, ("step", "preview"), *set_to("phone", "+27821234567"))
        assert ("No field is to be changed." in answer.text) is not sees
    assert 'name="do-key"' not in owner.get(choose_packs(site, owner)).text


def choose_packs(site: Site, client: FlaskClient) -> str:
    with site.machine.database.transaction() as session:
        pack = CreditPack(key=f"p-{uuid4()}", name="Ten", product_line="b2c", credits=10, amount_cents=1)
        session.add(pack)
    return str(send(client, "/admin/data/credit_packs/select", ("rowid", str(pack.id)), ("do", "edit")).location)


def test_a_reference_is_looked_up_without_script_and_must_be_there(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.transaction() as session:
        calendars = [BusinessCalendar(name=f"Calendar {uuid4()}") for _ in range(2)]
        session.add_all(calendars)
        session.flush()
        day = Holiday(calendar_id=calendars[0].id, day=date(2026, 12, 16), name="Off")
        session.add(day)
    url = str(send(owner, "/admin/data/holidays/select", ("rowid", str(day.id)), ("do", "edit")).location)
    answer = send(owner, url, ("step", "preview"), *set_to("calendar_id", str(uuid4())))
    assert "There is no such" in answer.text
    found = send(
        owner, url, ("step", "preview"), *set_to("calendar_id", ""), ("c-calendar_id~search", calendars[1].name)
    )
    assert f'value="{calendars[1].id}"' in found.text
    assert do(owner, url, *set_to("calendar_id", str(calendars[1].id))).status_code == 303
    with site.machine.database.sessions() as session:
        assert session.get_one(Holiday, day.id).calendar_id == calendars[1].id

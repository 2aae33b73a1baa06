"""Amounts of roles: an action that a plugin binds to one goes no further, and nobody gives more than is theirs."""

import html
from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from admin_core.access.team import add_member
from schema.staff import Role
from tests.databases import as_app
from tests.journeys.approvals import MAY_CHANGE, PLUGINS, Colleague, Office, hidden, preview, url_of
from tests.journeys.site import make_site

EDITS = ("core:staff:*", "core:roles:*", *MAY_CHANGE)


@pytest.fixture(scope="module")
def office(demo_database: str) -> Iterator[Office]:
    site = make_site(as_app(demo_database), plugin_paths=(f"{PLUGINS}/shop",))
    yield Office(site)
    site.machine.database.engine.dispose()


def role(office: Office, cents: int | None, *permissions: str) -> Role:
    with office.site.machine.database.transaction() as session:
        made = Role(name=f"R{uuid7()}", permissions=list(permissions), refund_limit_cents=cents)
        session.add(made)
        session.flush()
        session.refresh(made)
        return made


def member(office: Office, *roles: Role) -> UUID:
    with office.site.machine.database.transaction() as session:
        held = list(session.scalars(sa.select(Role).where(Role.id.in_([each.id for each in roles]))))
        return add_member(session, name="Otto", email=f"{uuid7()}@team.example", roles=held).id


def colleague(office: Office, cents: int | None, *permissions: str) -> Colleague:
    """Return somebody whose role goes up to an amount."""
    found = office.colleague("Ada", *permissions)
    with office.site.machine.database.transaction() as session:
        theirs = sa.select(Role.id).where(Role.members.any(id=found.id))
        session.execute(sa.update(Role).where(Role.id.in_(theirs)).values(refund_limit_cents=cents))
    return found


@pytest.mark.parametrize(
    ("limit", "cents", "is_done"), [(2_000, 2_000, True), (2_000, 2_001, False), (None, 9_000, True)]
)
def test_an_action_goes_up_to_the_amount_of_the_role(
    office: Office, limit: int | None, cents: int, is_done: bool
) -> None:
    ada, pack = colleague(office, limit, *MAY_CHANGE), office.pack()
    url, typed = url_of(pack, "discount"), {"q-cents": str(cents)}
    shown = ada.send(url, step="preview", **hidden(ada.page(url)), **typed)
    assert ("It moves R\u00a020,01; your roles allow R\u00a020,00." in shown.text) is not is_done
    answer = ada.send(url, step="do", **hidden(shown.text), **typed)
    assert (answer.status_code == 303) is is_done
    assert office.now(pack).amount_cents == 5_000 + (cents if is_done else 0)


def test_an_amount_that_was_lowered_after_the_plan_was_shown_counts(office: Office) -> None:
    ada, pack = colleague(office, 2_000, *MAY_CHANGE), office.pack()
    page = preview(ada, url_of(pack, "discount"), **{"q-cents": "1500"})
    with office.site.machine.database.transaction() as session:
        session.execute(sa.update(Role).where(Role.members.any(id=ada.id)).values(refund_limit_cents=1_000))
    answer = ada.send(url_of(pack, "discount"), step="do", **hidden(page), **{"q-cents": "1500"})
    assert "your roles allow" in answer.text
    assert office.now(pack).amount_cents == 5_000


def test_nobody_gives_an_amount_above_their_own(office: Office) -> None:
    ada = colleague(office, 2_000, *EDITS)
    wide, narrow = role(office, None, *MAY_CHANGE), role(office, 1_000, *MAY_CHANGE)
    reader = role(office, None, "page:home:read")  # no limit on what it may not do at all
    target = member(office, reader)
    for given, sentence in ((narrow, ""), (reader, ""), (wide, "of these roles is higher than your own")):
        answer = ada.send(f"/admin/staff/{target}/roles", roles=given.name)
        assert (answer.status_code == 422) is bool(sentence)
        assert sentence in answer.text
        email = f"{uuid7()}@team.example"
        answer = ada.send("/admin/staff/invite", name="Finn", email=email, roles=given.name, once=str(uuid7()))
        assert (answer.status_code == 422) is bool(sentence)
    above = ada.send(f"/admin/staff/{member(office, wide)}/reset-factor")
    assert "refund limit is higher than yours" in above.text


def test_a_role_is_not_let_use_an_amount_above_ones_own(office: Office) -> None:
    ada = colleague(office, 2_000, *EDITS)
    idle = role(office, None, "page:home:read")
    form = {"name": idle.name, "further": "page:home:read\nshop:packs:change"}
    for amount, is_saved in (("", False), ("20.01", False), ("20", True)):
        seen = hidden_version(ada.page(f"/admin/staff/roles/{idle.id}/edit"))
        answer = ada.send(f"/admin/staff/roles/{idle.id}/edit", **form, version=seen, refund_limit_cents=amount)
        assert (answer.status_code == 303) is is_saved, answer.text[-500:]


def hidden_version(page: str) -> str:
    return html.unescape(page.partition('name="version" value="')[2].partition('"')[0])

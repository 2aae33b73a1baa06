"""A shop in which some things need two people: its site, its team, and the steps of a request."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient
from uuid_utils.compat import uuid7

from admin_core.access.links import make_link
from admin_core.access.team import add_member, ensure_roles
from admin_core.approvals.jobs import settle_requests
from schema.catalog import CreditPack
from schema.changes import Approval
from schema.sign_in import LinkPurpose
from schema.staff import Role
from tests.journeys.browser.place import Place
from tests.journeys.site import Site, enter, token_in

PLUGINS = str(Path(__file__).parents[1] / "two_people")
WORDS = re.compile(r'<input type="hidden" name="(once|seen)" value="([^"]*)"')
MAY_CHANGE = ("page:*:read", "data:*:read", "shop:packs:change", "pii:*:read")


@dataclass
class Colleague:
    """A member of the team with a browser of their own."""

    id: UUID
    name: str
    browser: FlaskClient

    def page(self, url: str) -> str:
        answer = self.browser.get(url)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.text

    def send(self, url: str, **data: str) -> Any:
        return self.browser.post(url, data={"csrf_token": token_in(self.page("/admin/palette")), **data})


@dataclass
class Office:
    """The site and its people."""

    site: Site | Place

    def newcomer(self, name: str, *permissions: str) -> tuple[UUID, str]:
        """Return a new member with these permissions, or those of who may change packs, and a link that signs in."""
        with self.site.machine.database.transaction() as session:
            ensure_roles(session)
            role = Role(name=f"{name} {uuid7()}", description="-", permissions=list(permissions or MAY_CHANGE))
            session.add(role)
            member = add_member(session, name=name, email=f"{uuid7()}@team.example", roles=[role])
            return member.id, make_link(session, member.id, LinkPurpose.SIGN_IN)

    def colleague(self, name: str, *permissions: str) -> Colleague:
        """Return a new member who has signed in."""
        member, link = self.newcomer(name, *permissions)
        return Colleague(member, name, enter(self.site.app, link))

    def leave(self, *colleagues: Colleague) -> None:
        """Let members sign in no more."""
        with self.site.machine.database.transaction() as session:
            ids = [each.id for each in colleagues]
            session.execute(sa.text("UPDATE admin.staff_members SET active = false WHERE id = ANY(:ids)"), {"ids": ids})

    def pack(self, **words: Any) -> CreditPack:
        values = {"key": f"pack-{uuid7()}", "name": "Ten", "product_line": "b2c", "credits": 10, "amount_cents": 5_000}
        with self.site.machine.database.transaction() as session:
            pack = CreditPack(**{**values, **words})
            session.add(pack)
            session.flush()
            return pack

    def now(self, pack: CreditPack) -> CreditPack:
        with self.site.machine.database.sessions() as session:
            return session.get_one(CreditPack, pack.id)

    def approval(self, url: str) -> Approval:
        with self.site.machine.database.sessions() as session:
            return session.get_one(Approval, UUID(url.rpartition("/")[2]))

    def change(self, pack: CreditPack, **values: Any) -> None:
        """Change a pack behind everybody's back."""
        with self.site.machine.database.transaction() as session:
            session.execute(sa.update(CreditPack).where(CreditPack.id == pack.id).values(**values))

    def move(self, url: str, **values: Any) -> None:
        """Set columns of a request, such as its moments."""
        with self.site.machine.database.transaction() as session:
            session.execute(sa.update(Approval).where(Approval.id == UUID(url.rpartition("/")[2])).values(**values))


def url_of(pack: CreditPack, slug: str) -> str:
    return f"/admin/data/credit_packs/record/{pack.id}/action/shop.{slug}"


def hidden(page: str) -> dict[str, str]:
    """Return what the form of a page carries."""
    return {name: html.unescape(value) for name, value in WORDS.findall(page)}


def preview(who: Colleague, url: str, **typed: str) -> str:
    """Show what would happen, and return the page."""
    answer = who.send(url, step="preview", **hidden(who.page(url)), **typed)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def ask(who: Colleague, url: str, reason: str = "The supplier asks more.", **typed: str) -> Any:
    """Look at the plan and ask for approval; return the answer."""
    return who.send(url, step="ask", **hidden(preview(who, url, **typed)), reason=reason, **typed)


def request_for(who: Colleague, url: str, **typed: str) -> str:
    """Ask, and return the address of the request."""
    answer = ask(who, url, **typed)
    assert answer.status_code == 303, answer.text
    assert answer.location.startswith("/admin/approvals/"), answer.location
    return str(answer.location)


def settle(office: Office) -> str:
    """Do what the schedule does, each step in a transaction of its own."""
    machine = office.site.machine

    def step(_key: str, effect: Any) -> Any:
        with machine.database.transaction() as session:
            return effect(session) or {}

    run: Any = SimpleNamespace(machine=machine, step=step, transaction=machine.database.transaction)
    return settle_requests(run)


def soon() -> datetime:
    return datetime.now(UTC)

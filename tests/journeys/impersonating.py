"""Customers to sign in as, and the steps from the button to the token."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from admin_core.machine import Machine
from plugins.customers.rules.impersonation import PAGE
from schema.accounts import Impersonation
from schema.customers import Customer, Person
from schema.settings import Setting
from schema.support import Ticket
from tests.journeys.approvals import hidden
from tests.journeys.site import token_in

APP = "https://app.hireinbox.example/api/impersonation"
TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass(frozen=True)
class Account:
    """A customer with somebody who signs in and a ticket."""

    customer: UUID
    person: UUID
    ticket_id: UUID
    ticket: int
    external: str
    subject: str

    @property
    def url(self) -> str:
        return f"/admin/data/customers/record/{self.customer}/action/customers.sign-in-as"

    @property
    def typed(self) -> dict[str, str]:
        return {"q-ticket": str(self.ticket), "q-reason": "Cannot find the export.", "q-agreed": "yes"}


def set_up(machine: Machine, app_url: str = APP) -> None:
    """Say where the customer app takes tokens."""
    with machine.database.transaction() as session:
        session.execute(sa.delete(Setting).where(Setting.section == "impersonation"))
        session.add(Setting(section="impersonation", name="app_url", value={"v": app_url}))


def account(machine: Machine, **values: Any) -> Account:
    """Make a customer to sign in as; ``values`` are columns of the customer, or ``person`` and its columns."""
    of_person = values.pop("of_person", {})
    keys = f"cus-{uuid7()}", f"auth-{uuid7()}"
    with machine.database.transaction() as session:
        words = {"product_line": "b2b", "company_name": "Otto Staffing", "status": "active", "currency": "ZAR"}
        now = datetime.now(UTC)
        usual = {**words, "email": f"{uuid7()}@example.com", "external_id": keys[0], "signup_at": now}
        customer = Customer(**{**usual, **values})
        session.add(customer)
        session.flush()
        person = {"name": "Nomsa", "email": f"{uuid7()}@example.com", "auth_user_id": keys[1], "is_primary": True}
        ours = Person(customer_id=customer.id, **{**person, **of_person})
        ticket = Ticket(subject="Export", opened_at=now, customer_id=customer.id)
        session.add_all([ours, ticket])
        session.flush()
        session.refresh(ticket)
        return Account(customer.id, ours.id, ticket.id, ticket.number, keys[0], keys[1])


def send(client: FlaskClient, url: str, **data: str) -> TestResponse:
    return client.post(url, data={"csrf_token": token_in(client.get("/admin/palette").text), **data})


def ask(client: FlaskClient, url: str, typed: dict[str, str], step: str = "do", **more: str) -> TestResponse:
    """Fill in the action's form, look at what it does, and do it."""
    opened = client.get(url)
    if opened.status_code != 200:
        return opened
    shown = send(client, url, step="preview", **hidden(opened.text), **typed)
    return shown if shown.status_code != 200 else send(client, url, step=step, **hidden(shown.text), **typed, **more)


def newest(machine: Machine, account: Account) -> Impersonation:
    with machine.database.sessions() as session:
        rows = sa.select(Impersonation).where(Impersonation.customer_id == account.customer)
        return session.scalars(rows.order_by(Impersonation.id.desc()).limit(1)).one()


def press(client: FlaskClient, row: Impersonation, do: str) -> TestResponse:
    return send(client, PAGE, id=str(row.id), do=do)


def token_of(answer: TestResponse) -> str:
    assert answer.status_code == 200, (answer.status_code, answer.location)
    (token,) = TOKEN.findall(answer.text)
    return html.unescape(token)


def end_all(machine: Machine) -> None:
    """Let nobody be signed in as a customer."""
    with machine.database.transaction() as session:
        open_now = sa.update(Impersonation).where(Impersonation.ended_at.is_(None))
        session.execute(open_now.values(ended_at=sa.func.greatest(sa.func.now(), Impersonation.issued_at)))

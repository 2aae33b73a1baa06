"""Credits through the API: the customer app asks what an account may use, and says what it used."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from admin_core.api.calls import Call
from admin_core.api.models import Model
from admin_core.api.problems import Problem
from plugins.customers.actions import credits as actions
from plugins.customers.rules import credits as rules
from plugins.customers.views.accounts import account_named, remaining
from schema.credit_ledger import Standing, standings
from schema.credits import CreditUnit
from schema.customers import Customer

TABLE = "credit_entries"
Unit = Annotated[CreditUnit, Field(strict=False, description="What a credit buys.")]


class Lapse(Model):
    """Credits that lapse unless they are used."""

    amount: Annotated[int, Field(description="What is left of those that lapse at this moment first.")]
    at: datetime


class Balance(Model):
    """What can be used of one unit."""

    unit: Unit
    balance: Annotated[int, Field(description="Below zero: used before it came.")]
    next_lapse: Annotated[Lapse | None, Field(description="Null: none of it ever lapses.")]


class Credits(Model):
    """The credits of an account."""

    account: Annotated[str, Field(description="Your key of it.")]
    units: Annotated[list[Balance], Field(description="Units that the account never had are not there.")]


class NewUse(Model):
    """What was used."""

    amount: Annotated[int, Field(ge=1, le=10_000)] = 1
    unit: Unit = CreditUnit.ASSESSMENT
    reference: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            pattern=r"^[A-Za-z0-9._-]+$",
            description="Your own name of what it was used for, such as the assessment's id: it is charged once.",
        ),
    ]
    what_for: Annotated[str | None, Field(max_length=200, description="For people who read the ledger.")] = None


class Used(Model):
    """That it was taken."""

    reference: str
    amount: int
    unit: Unit
    balance: int


def shown(call: Call, external_id: str) -> Credits:
    """Return what an account can use."""
    customer = account_named(call, external_id)
    call.require("read", TABLE)
    found = standings(call.session, [customer.id], call.now)
    units = [balance_of(unit, standing) for (_, unit), standing in sorted(found.items(), key=lambda pair: pair[0][1])]
    return Credits(account=external_id, units=units)


def consume(call: Call, external_id: str, body: NewUse) -> Used:
    """Take what was used; a Problem when it is not there, or the reference stands for something else."""
    named: Customer = call.one("customers", Customer.external_id == external_id)
    remaining(call, named)
    call.require("create", TABLE)
    call.require("edit", "customers")
    use = actions.Use(body.amount, body.unit, body.reference, body.what_for or "")
    try:
        balance = actions.consume(call.session, named.id, use, call.now)
    except rules.NotEnough as refusal:
        left = rules.counted(max(0, refusal.spendable), body.unit)
        wanted = rules.counted(body.amount, body.unit)
        detail = f"This needs {wanted}, and the account has {left} left. Nothing was taken."
        raise Problem(409, "not-enough-credits", detail) from refusal
    except actions.OtherUse as refusal:
        raise Problem(409, "reference-in-use", refusal.sentence) from refusal
    return Used(reference=body.reference, amount=body.amount, unit=body.unit, balance=balance)


def balance_of(unit: CreditUnit, standing: Standing) -> Balance:
    """Return one unit as programs see it."""
    return Balance(unit=unit, balance=standing.spendable, next_lapse=lapse_of(standing))


def lapse_of(standing: Standing) -> Lapse | None:
    """Return what lapses next, all that lapse at that moment together."""
    first = standing.next_lapse
    if first is None or first.lapses_at is None:
        return None
    amount = sum(grant.left for grant in standing.grants if grant.lapses_at == first.lapses_at)
    return Lapse(amount=amount, at=first.lapses_at)

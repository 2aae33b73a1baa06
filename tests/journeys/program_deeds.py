"""What programs do to accounts, as deeds: codes are redeemed, credits used, sign-ins reported."""

from datetime import UTC, datetime
from uuid import uuid4

from werkzeug.test import TestResponse

from schema.credits import CreditEntry, CreditKind
from schema.customers import Customer, CustomerStatus, ProductLine
from schema.promotions import PromotionCode
from tests.journeys.api.programs import program
from tests.journeys.deed_world import Deed, World


def account(world: World) -> Customer:
    """Return a new customer of the customer app."""
    now, key = datetime.now(UTC), uuid4().hex
    row = Customer(product_line=ProductLine.B2B, company_name="Acme", email=f"{key}@example.test", signup_at=now,
                   external_id=key, status=CustomerStatus.ACTIVE)  # fmt: skip
    world.add(lambda session: session.add(row))
    return row


def consume(world: World) -> TestResponse:
    customer = account(world)
    grant = CreditEntry(customer_id=customer.id, kind=CreditKind.FREE_GRANT, amount=5, occurred_at=datetime.now(UTC))
    world.add(lambda session: session.add(grant))
    path = f"/accounts/{customer.external_id}/credits/consume"
    return program(world.site, "credits:consume").post(path, {"amount": 1, "reference": uuid4().hex}, uuid4().hex)


def redeem(world: World) -> TestResponse:
    code = PromotionCode(code=uuid4().hex[:12].upper(), kind="credits", credits=5)
    customer = account(world)
    world.add(lambda session: session.add(code))
    words = {"code": code.code, "customer_id": str(customer.id), "checkout": uuid4().hex}
    return program(world.site, "promotions:redeem").post("/promotions/redeem", words, repeat=uuid4().hex)


def report_sign_in(world: World) -> TestResponse:
    event = {"id": uuid4().hex, "at": datetime.now(UTC).isoformat(), "account": account(world).external_id}
    return program(world.site, "sign_ins:write").post("/sign-ins", {"events": [event]})


PROGRAM_DEEDS = {
    "api.accounts-external_id-credits-consume": Deed(consume, "api.post-accounts-external_id-credits-consume"),
    "api.promotions-redeem": Deed(redeem, "api.post-promotions-redeem"),
    "api.sign-ins": Deed(report_sign_in, "api.post-sign-ins"),
}
PROGRAM_EXEMPT = {"api.promotions-validate": "asks whether a code holds; nothing is written"}

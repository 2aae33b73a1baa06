"""docs/catalog.md is true: its requests get the answers below them, its figures and reasons are those of the code."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from admin_core.api.key_store import NOBODY
from plugins.catalog.actions import codes
from plugins.catalog.rules import promotions
from schema.customers import Customer
from tests.docs.test_api import parts, within
from tests.journeys.api.programs import make_key
from tests.journeys.site import Site

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/catalog.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```http\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def customer(site: Site) -> str:
    with site.machine.database.sessions() as session:
        someone = select(Customer.id).where(Customer.product_line == "b2b", Customer.status == "active")
        return str(session.scalars(someone.order_by(Customer.signup_at)).first())


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_request_of_the_page_gets_the_answer_of_the_page(site: Site, customer: str, example: str) -> None:
    filled = example.replace("{customer}", customer).replace("{random}", uuid4().hex)
    first, headers, body, status, expected = parts(filled)
    method, _, url = first.partition(" ")
    key = make_key(site, "promotions:read", "promotions:redeem").text
    sent = {name: text.replace("{key}", key) for name, text in headers.items()}
    answer = site.app.test_client(use_cookies=False).open(url, method=method, data=body, headers=sent)
    assert answer.status_code == status, answer.text
    assert within(expected, answer.json), answer.json


def test_the_page_has_its_examples_and_names_every_reason() -> None:
    assert len(EXAMPLES) == 5
    said = "".join(
        (ROOT / "plugins/catalog" / path).read_text() for path in ("rules/promotions.py", "actions/promotions.py")
    )
    kinds = re.findall(r'Reason\("([a-z-]+)"', said)
    assert len(kinds) > 15
    assert [kind for kind in kinds if f"`{kind}`" not in TEXT] == []


def test_the_page_says_the_figures_that_hold() -> None:
    text = " ".join(TEXT.split())
    assert f"up to {codes.MOST:,},".replace(",", " ", 1) in text
    assert f"More than {codes.AT_ONCE} are made by a job" in text
    assert f"An address may ask {NOBODY.rate_per_minute} times a minute" in text
    assert promotions.GROUPS * promotions.GROUP_LENGTH == 12

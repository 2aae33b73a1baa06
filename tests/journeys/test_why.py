"""The page that says why: from every refusal, for permissions, tables and columns, and about a colleague."""

import html
import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.generator import urls
from admin_core.generator.ids import encode_key
from admin_core.team.reasons import Question, verdict
from tests.journeys.site import Site
from tests.journeys.test_team import get, person

URL = "/admin/why"
BUDGET = 5


@pytest.mark.parametrize(
    ("url", "permission"),
    [
        ("/admin/staff", "page:staff:read"),
        ("/admin/data/staff_members/", "data:staff_members:read"),
        ("/admin/data/customers/new", "data:customers:create"),
        ("/admin/system/audit", "page:system:read"),
    ],
)
def test_every_refusal_leads_to_its_reason(site: Site, viewer: FlaskClient, url: str, permission: str) -> None:
    page = get(site, viewer, url, 403)
    link = re.search(r'href="(/admin/why\?[^"]+)"', page)
    assert link
    assert permission.replace(":", "%3A") in link[1]
    answer = get(site, viewer, link[1], budget=BUDGET)
    assert f"<h2>{permission}</h2>" in answer
    assert "You may not" in answer


CASES = [
    ("permission=page:staff:read", "You may not open Team: Viewer takes it away.", "!page:staff*"),
    ("permission=page:mail:read", "You may open E-mail texts.", "*:read"),
    ("permission=core:settings:change", "You may not change settings: no role gives it.", "does not give it"),
    ("model=customers&verb=edit", "You may not edit customers: no role gives it.", "does not give it"),
    ("model=customers&verb=read", "You may see customers.", "*:read"),
    ("model=customers&column=email", "You may not see e-mail addresses", "is masked"),
    ("model=staff_members&column=password", "You may not see team", "is a secret: it is shown to nobody"),
    ("model=customers&column=status", "You may see customers.", "is not personal"),
    ("permission=data:saved_views:row", "You may not use", "belongs to somebody else"),
    ("permission=nope:nope:nope", "You may not use nope:nope:nope", "does not give it"),
]


@pytest.mark.parametrize(("query", "sentence", "detail"), CASES)
def test_a_viewer_is_told_which_pattern_decides(
    site: Site, viewer: FlaskClient, query: str, sentence: str, detail: str
) -> None:
    page = re.sub(r"</?code>", "", get(site, viewer, f"{URL}?{query}", budget=BUDGET + 4))
    assert sentence in page
    assert detail in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200), ("model=nope", 404), ("model=customers&column=nope", 404), ("model=customers&verb=nope", 400),
        ("permission=%3Cscript%3E", 400), ("permission=" + "a" * 200, 400), ("permission=!x", 400),
        ("permission=%00", 400),
    ],
)  # fmt: skip
def test_a_question_that_is_none_gets_a_sentence(site: Site, viewer: FlaskClient, query: str, status: int) -> None:
    get(site, viewer, f"{URL}?{query}", status)


def test_an_owner_asks_about_a_colleague_and_others_do_not(
    site: Site, owner: FlaskClient, support: FlaskClient
) -> None:
    member = person(site, "Support", name="Finn Botha")
    page = get(site, owner, f"{URL}?member={member}&permission=page:settings:read", budget=BUDGET + 2)
    assert "Finn Botha may not open" in page
    assert "<code>!page:settings*</code>" in page
    assert f'href="/admin/staff/{member}"' in page
    get(site, support, f"{URL}?member={member}&permission=page:settings:read", 403)
    get(site, owner, f"{URL}?member=x", 404)


def test_names_of_colleagues_are_masked_like_everywhere(site: Site, viewer: FlaskClient, support: FlaskClient) -> None:
    query = f"{URL}?permission=page:staff:read"
    assert "Who can give it: an Owner." in get(site, viewer, query)
    assert re.search(r"Who can give it: (?!an Owner)\w+", html.unescape(get(site, support, query)))


QUESTION = Question(("data:tickets:edit", "data:@Support:edit"), "edit tickets")


@pytest.mark.parametrize(
    ("roles", "may", "sentence"),
    [
        ({}, False, "You may not edit tickets: there is no role yet."),
        ({"A": ["data:@Support:*"]}, True, "You may edit tickets."),
        ({"A": ["data:@Support:*"], "B": ["!data:tickets:*"]}, False, "You may not edit tickets: B takes it away."),
        ({"A": ["data:people:*"]}, False, "You may not edit tickets: no role gives it."),
    ],
)
def test_the_verdict_names_the_role(roles: dict[str, list[str]], may: bool, sentence: str) -> None:
    found = verdict(roles, QUESTION)
    assert (found.may, found.sentence("You", "may")) == (may, sentence)


def test_what_is_not_offered_leads_to_its_reason_too(site: Site, viewer: FlaskClient, owner: FlaskClient) -> None:
    with site.machine.database.sessions() as session:
        customer = session.execute(sa.text("SELECT id FROM admin.customers LIMIT 1")).scalar_one()
    for url, verb in (
        (urls.list_url("customers"), "create"),
        (urls.record_url("customers", encode_key((customer,))), "edit"),
    ):
        link = f"/admin/why?model=customers&verb={verb}"
        assert link in html.unescape(viewer.get(url).text)
        assert f"You may not {verb.replace('create', 'add')} customers" in get(site, viewer, link)
        assert link not in html.unescape(owner.get(url).text)

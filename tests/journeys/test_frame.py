"""What surrounds every page: palette, tabs that come with the product, headers, refusals."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.theme.csp import POLICY
from schema.customers import Customer
from tests.journeys.site import Site, token_in


def some_customer(site: Site) -> Customer:
    with site.machine.database.sessions() as session:
        found = session.scalars(sa.select(Customer).where(Customer.phone.is_not(None)).limit(1)).one()
        session.expunge(found)
        return found


def find(client: FlaskClient, words: str) -> str:
    token = token_in(client.get("/admin/palette").text)
    answer = client.post("/admin/palette", data={"q": words, "csrf_token": token}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.text


def test_the_palette_finds_a_customer_by_whatever_identifies_it(site: Site, owner: FlaskClient) -> None:
    customer = some_customer(site)
    national = "0" + str(customer.phone).removeprefix("+27")
    for words in (str(customer.id), customer.email.upper(), customer.phone or "", f"{national[:3]} {national[3:]}"):
        assert f"/admin/data/customers/record/{customer.id}" in find(owner, words), words


def test_the_palette_finds_pages_by_part_of_their_name(owner: FlaskClient) -> None:
    assert "/admin/data/payments/" in find(owner, "payment")
    assert "Nothing found" in find(owner, "zzzzzz")


def test_the_palette_tells_a_viewer_nothing_behind_a_mask(site: Site, viewer: FlaskClient) -> None:
    customer = some_customer(site)
    assert str(customer.id) not in find(viewer, customer.email)
    by_id = find(viewer, str(customer.id))
    assert str(customer.id) in by_id
    assert customer.email not in by_id


@pytest.mark.parametrize("words", ["%", "'", "\\", "a" * 5_000, "\x00", "<script>", "🦄", "082"])
def test_the_palette_takes_anything(owner: FlaskClient, words: str) -> None:
    assert "<script>" not in find(owner, words)


@pytest.mark.parametrize(
    ("tab", "headers"),
    [
        ("Employers", ["Company name", "E-mail", "Signup", "Plan", "Status"]),
        ("Job seekers", ["Person name", "E-mail", "Signup", "Assessments used"]),
        ("Agencies", ["Company name", "E-mail", "Plan", "Status"]),
    ],
)
def test_hook_register_segments_gives_each_product_line_its_tab(
    owner: FlaskClient, tab: str, headers: list[str]
) -> None:
    page = owner.get("/admin/data/customers/").text
    link = re.search(rf'<a href="([^"]+)"[^>]*>{tab}', page)
    assert link, page[:3000]
    listed = owner.get(link[1].replace("&amp;", "&")).text
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a [^>]*>)?([^<]+)', listed)
    assert heads == headers


def test_every_answer_carries_the_headers(owner: FlaskClient) -> None:
    for path in ("/admin/", "/admin/data/customers/", "/admin/data/nope/", "/healthz"):
        headers = owner.get(path).headers
        assert headers["Content-Security-Policy"] == POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert len(headers["X-Request-Id"]) >= 8


def test_a_given_request_id_is_kept_when_it_looks_like_one(owner: FlaskClient) -> None:
    kept = owner.get("/healthz", headers={"X-Request-Id": "abc-12345678"}).headers["X-Request-Id"]
    forged = owner.get("/healthz", headers={"X-Request-Id": "ada@example.com x"}).headers["X-Request-Id"]
    assert kept == "abc-12345678"
    assert "ada" not in forged


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/admin/nowhere", "GET", 404),
        ("/admin/data/customers/", "DELETE", 405),
        ("/admin/data/customers/lookup", "GET", 405),
        ("/admin/data/customers/search", "POST", 400),
    ],
)
def test_refusals_are_pages_that_say_what_to_do(owner: FlaskClient, path: str, method: str, status: int) -> None:
    answer = owner.open(path, method=method)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_fragments_and_scripts_get_refusals_in_their_own_form(owner: FlaskClient) -> None:
    fragment = owner.get("/admin/data/customers/record/x", headers={"HX-Request": "true"})
    assert (fragment.status_code, "<html" in fragment.text) == (404, False)
    told = owner.get("/admin/data/customers/record/x", headers={"Accept": "application/json"})
    assert (told.status_code, told.json["status"]) == (404, 404)


def test_a_form_that_is_too_large_is_refused_in_words(owner: FlaskClient) -> None:
    answer = owner.post("/admin/data/plans/new", data={"c-name": "x" * 17_000_000})
    assert answer.status_code == 413
    assert "large" in answer.text


def test_nothing_personal_is_logged(site: Site, owner: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    customer = some_customer(site)
    with caplog.at_level("DEBUG"):
        find(owner, customer.email)
        owner.get(f"/admin/data/customers/?q={customer.email}")
        owner.get(f"/admin/data/customers/record/{customer.id}/edit")
    assert customer.email not in caplog.text

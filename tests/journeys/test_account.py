"""Your account in the whole application: within its budget, about oneself, and reachable from the menu."""

from flask.testing import FlaskClient
from sqlalchemy import select

from schema.staff import StaffMember
from tests.journeys.site import Site, token_in


def test_the_account_page_stays_in_its_budget(site: Site, support: FlaskClient) -> None:
    support.get("/admin/account")
    with site.counted() as statements:
        page = support.get("/admin/account")
    assert page.status_code == 200
    assert len(statements) <= 4, statements


def test_everybody_finds_their_account_in_the_menu(viewer: FlaskClient) -> None:
    assert 'href="/admin/account"' in viewer.get("/admin/").text


def test_a_member_of_the_demo_confirms_with_a_button(site: Site) -> None:
    client = site.stale_client("Viewer")
    page = client.get("/auth/verify?next=/admin/account/authenticator")
    assert "there is no password to ask for" in page.text
    form = {"next": "/admin/account/authenticator", "csrf_token": token_in(page.text)}
    abroad = client.post("/auth/verify", data=form, headers={"X-Forwarded-For": "127.0.0.1"})
    assert abroad.status_code == 200  # a proxy passed it on: this is no demo on one machine
    assert client.post("/auth/verify", data=form).location == "/admin/account/authenticator"
    assert client.get("/admin/account/authenticator").status_code == 200


def test_no_page_of_the_sign_in_costs_a_statement_before_something_is_sent(site: Site) -> None:
    stranger = site.app.test_client()
    with site.counted() as statements:
        for _ in range(2):
            assert stranger.get("/auth/login").status_code == 200
    assert statements == []


def test_unknown_and_known_addresses_cost_the_same_statements(site: Site) -> None:
    shapes = []
    with site.machine.database.sessions() as session:
        known = session.scalars(select(StaffMember.email).limit(1)).one()
    for email in (known, "nobody@demo.example"):
        client = site.app.test_client()
        token = token_in(client.get("/auth/login").text)
        form = {"email": email, "password": "not the password", "csrf_token": token}
        with site.counted() as statements:
            answer = client.post("/auth/login", data=form)
        shapes.append((answer.status_code, [statement.split("\n")[0] for statement in statements]))
    assert shapes[0] == shapes[1]
    assert len(shapes[0][1]) <= 5

"""The system page over HTTP: every card answers, as a page and as a fragment, within its budget; others may not."""

import pytest
from flask.testing import FlaskClient

from admin_core.system.pages import PARTS
from tests.journeys.site import Site

SAYS = {
    "feeds": "No source is read",
    "health": "Fetching mail",
    "database": "PostgreSQL",
    "queues": "Failed in 7 days",
    "processes": "scheduler",
    "redis": "No answer within 50",
    "disks": "Temporary files",
    "checks": "in order",
}


def test_the_page_shows_versions_at_once_and_leaves_the_rest_for_later(site: Site, owner: FlaskClient) -> None:
    owner.get("/admin/system")
    with site.counted() as statements:
        page = owner.get("/admin/system").text
    assert len(statements) <= 1, statements
    assert "SQLAlchemy" in page
    assert [name for name in PARTS if f'hx-get="/admin/system/{name}"' not in page] == []


@pytest.mark.parametrize("name", PARTS)
def test_every_card_is_a_fragment_and_a_page(site: Site, owner: FlaskClient, name: str) -> None:
    url = f"/admin/system/{name}"
    with site.counted() as statements:
        fragment = owner.get(url, headers={"HX-Request": "true"})
    assert (fragment.status_code, "<html" in fragment.text) == (200, False)
    assert SAYS[name] in fragment.text
    assert len(statements) <= 6, statements
    assert f"<h1>{PARTS[name].title}</h1>" in owner.get(url).text


def test_a_card_that_does_not_exist_is_not_found(owner: FlaskClient) -> None:
    assert owner.get("/admin/system/nothing").status_code == 404


@pytest.mark.parametrize("path", ["/admin/system", *(f"/admin/system/{name}" for name in PARTS)])
@pytest.mark.parametrize("role", ["Viewer", "Support"])
def test_otto_may_not_see_the_system(request: pytest.FixtureRequest, role: str, path: str) -> None:
    client: FlaskClient = request.getfixturevalue(role.lower())
    assert client.get(path).status_code == 403


def test_nothing_secret_stands_on_the_page(site: Site, owner: FlaskClient) -> None:
    settings = site.machine.settings
    for path in ("/admin/system", *(f"/admin/system/{name}" for name in PARTS)):
        page = owner.get(path).text
        assert settings.secret_key not in page
        assert settings.database_url not in page

"""Every text column of every table holds markup, every address gets nonsense: nothing is active, nothing breaks."""

import html
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.pool import NullPool

from tests.admin_core.access.test_local_paths import ELSEWHERE
from tests.company import company
from tests.databases import as_app
from tests.journeys.poison import ACTIVE, PAYLOADS, pages_of, plain_pages, poison
from tests.journeys.site import Site, make_site, token_in


@pytest.fixture(scope="module")
def poisoned(server_url: str) -> Iterator[tuple[Site, int, set[str]]]:
    """Yield the application over a company whose every text is markup; how many columns hold it, and which can't."""
    with company(server_url, "poisoned") as url:
        site = make_site(as_app(url))
        site.client("Owner")  # makes a member
        held, refused = poison(sa.create_engine(url, poolclass=NullPool))
        yield site, held, refused
        site.machine.database.engine.dispose()


def test_hardly_any_text_column_refuses_markup(poisoned: tuple[Site, int, set[str]]) -> None:
    _, held, refused = poisoned
    assert held > 300
    assert len(refused) < 40, sorted(refused)


def test_markup_in_any_column_is_shown_as_text_on_every_page(poisoned: tuple[Site, int, set[str]]) -> None:
    site, shown, wrong = poisoned[0], 0, []
    owner = site.client("Owner")
    for key in site.machine.registry:
        for url in pages_of(site, key):
            answer = owner.get(url)
            if answer.status_code >= 500 or ACTIVE.search(answer.text):
                wrong.append((url, answer.status_code, context_of(answer.text)))
            shown += "alert(1)" in html.unescape(answer.text)
    assert wrong == []
    assert shown > 100  # the markup really is there


def test_markup_is_text_on_the_pages_that_are_no_lists(poisoned: tuple[Site, int, set[str]]) -> None:
    site = poisoned[0]
    owner = site.client("Owner")
    token = token_in(owner.get("/admin/palette").text)
    answers = {url: owner.get(url) for url in plain_pages(site)}
    for words in ("<img src=x", "onerror", *PAYLOADS):
        answers[f"palette {words}"] = owner.post("/admin/palette", data={"csrf_token": token, "q": words})
    wrong = [
        (url, answer.status_code, context_of(answer.text))
        for url, answer in answers.items()
        if answer.status_code >= 500 or (answer.mimetype == "text/html" and ACTIVE.search(answer.text))
    ]
    assert wrong == []


def context_of(page: str) -> str:
    """Return where the markup stands in a page."""
    found = ACTIVE.search(page)
    return page[max(found.start() - 120, 0) : found.end() + 40] if found else ""


# --- Nonsense

JUNK = (
    "%00", "a=%00", "%FF=%FE", "a[]=1&a[b]=2", "=&=&", "&" * 500, "page=-1&size=1e9", "next=%2F%2Fevil.example",
    "next=%00", "sort=%27%3B--", "q=" + "a" * 8_000, "id=%F0%9F%92%A9", "__proto__=1", "{{7*7}}=1",
    "%0d%0aSet-Cookie:%20a=b",
    "kind=%00&key=%00", "from=x&to=y&at=z", "on=99999-99-99", "day=0000-00-00", "cursor=%2e%2e%2f", "v=" + "é" * 100,
    "after=2147483648000000000", "period=-", "status=1&status=2&status=3", "view=00000000-0000-0000-0000-000000000000",
)  # fmt: skip


@pytest.mark.parametrize("role", ["Owner", "Viewer"])
def test_no_address_of_the_team_breaks_on_nonsense(poisoned: tuple[Site, int, set[str]], role: str) -> None:
    site = poisoned[0]
    client, wrong = site.client(role), []
    for number, url in enumerate(plain_pages(site)):
        for query in JUNK[number % 3 :: 3]:
            answer = client.get(f"{url}?{query}")
            if answer.status_code >= 500 or "Set-Cookie: a=b" in str(answer.headers) or ACTIVE.search(answer.text):
                wrong.append((url, query[:40], answer.status_code))
    assert wrong == []


def test_no_spelling_of_a_way_back_leads_elsewhere(poisoned: tuple[Site, int, set[str]]) -> None:
    site = poisoned[0]
    doors = {"stranger": site.app.test_client(), "member": site.client("Owner")}
    places = ("/auth/login", "/auth/verify", "/auth/change", "/auth/logout", "/admin/")
    assert len(ELSEWHERE) >= 60
    for client in doors.values():
        for place in places:
            for spelling in ELSEWHERE:
                answer = client.get(place, query_string={"next": spelling})
                assert leads_home(answer.location), (place, spelling, answer.location)
                assert "evil.example" not in links_in(answer.text), (place, spelling)


def leads_home(location: str | None) -> bool:
    """Return whether a redirect stays with us."""
    return location is None or re.match(r"/(admin|auth)(/|\?|$)", location) is not None


def links_in(page: str) -> str:
    """Return where links and forms of a page lead."""
    return " ".join(re.findall(r'(?:href|action|value)="([^"]*)"', html.unescape(page)))


def test_a_posted_way_back_that_leads_elsewhere_is_refused(poisoned: tuple[Site, int, set[str]]) -> None:
    client: FlaskClient = poisoned[0].client("Owner")
    token = token_in(client.get("/admin/palette").text)
    for spelling in ELSEWHERE:
        answer = client.post("/admin/preferences", data={"csrf_token": token, "density": "normal", "next": spelling})
        assert answer.status_code == (400 if spelling else 303), spelling
        assert leads_home(answer.location)

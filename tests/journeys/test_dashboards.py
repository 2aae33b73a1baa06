"""Dashboards as people open them: every card alone and with the page, its file, its explanation, and who may not."""

import csv
import html
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.pool import NullPool

from admin_core.alerts.core_alerts import figures_differing
from admin_core.rollups import marking
from schema.ai import AiDecision
from schema.customers import Customer
from schema.reviews import HumanReview
from schema.support import Ticket
from schema.usage import UsageEvent
from tests.databases import as_app, clone, drop, unique_name
from tests.journeys.site import Site, make_site
from tests.running import run_job
from tests.schema.core_rows import CoreMaker

BOARDS = {
    "finance/revenue": 9, "analytics/usage": 8, "ai_quality/quality": 5, "health/errors": 4, "support/tickets": 5,
    "popia/requests": 4,
}  # fmt: skip
"""Dashboards and how many cards each has."""
FRAGMENT = {"HX-Request": "true"}
STATEMENTS = 7
"""Of one card: who asks, and what it asks."""


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    name = unique_name("dashboards")
    url = clone(server_url, name)
    site = make_site(as_app(url))
    owner = sa.create_engine(url, poolclass=NullPool)
    with owner.begin() as connection:
        marking.install(connection, site.machine.rollups)
    with site.machine.database.transaction() as session:
        fill(CoreMaker(session))
    yield site
    site.machine.database.engine.dispose()
    drop(server_url, name)


def fill(rows: CoreMaker) -> None:
    """Make three months of use."""
    now = datetime.now(UTC)
    ada = rows.add(Customer, email="ada@example.com", signup_at=now - timedelta(days=80))
    for days in range(0, 80, 4):
        at = now - timedelta(days=days, hours=1)
        case = rows.add(AiDecision, external_id=f"d{days}", decided_at=at, customer=ada)
        rows.add(UsageEvent, customer=ada, name="cv_screened", event_key=f"e{days}", occurred_at=at)
        rows.add(HumanReview, decision=case, submitted_at=at)
        rows.add(Ticket, opened_at=at)


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


def cards_of(page: str) -> list[str]:
    return [html.unescape(url) for url in re.findall(r'hx-get="(/admin/dashboards/[^"]+)"', page)]


@pytest.mark.parametrize("board", BOARDS)
def test_every_card_answers_alone_and_together_in_its_budget(site: Site, owner: FlaskClient, board: str) -> None:
    page = owner.get(f"/admin/dashboards/{board}")
    urls = cards_of(page.text)
    assert len(urls) == BOARDS[board]
    for url in urls:
        with site.counted() as statements:
            part = owner.get(url, headers=FRAGMENT)
        assert part.status_code == 200, url
        assert "<html" not in part.text
        assert "no answer" not in part.text.lower(), part.text
        assert len(statements) <= STATEMENTS, "\n".join(statements)
        assert "<html" in owner.get(url).text
    whole = owner.get(f"/admin/dashboards/{board}?all=1").text
    assert whole.count('class="board-card') == BOARDS[board]
    assert 'hx-get="/admin/dashboards' not in whole


@pytest.mark.parametrize("board", BOARDS)
def test_every_card_has_a_file_an_explanation_and_rows(owner: FlaskClient, board: str) -> None:
    whole = owner.get(f"/admin/dashboards/{board}?all=1&period=last_90_days&compare=year").text
    links = {html.unescape(url) for url in re.findall(r'href="(/admin/[^"]+)"', whole[whole.index('class="board') :])}
    files = {url for url in links if "/values.csv" in url}
    explained = {url for url in links if "/explain" in url or "/admin/figures/" in url}
    assert len(files) == BOARDS[board]
    for url in files:
        answer = owner.get(url)
        assert answer.mimetype == "text/csv", url
        head, *body = csv.reader(io.StringIO(answer.text))
        assert all(len(row) == len(head) for row in body), url
    for url in links - files:
        assert owner.get(url).status_code == 200, url
    for url in explained:
        assert "What it counts" in owner.get(url).text, url


@pytest.mark.parametrize(
    "args",
    [
        "period=today", "period=this_quarter", "period=last_year&compare=year", "from=2025-01-01&to=2026-01-31",
        "period=last_7_days&compare=none", "from=2099-01-01&to=2099-01-02",
    ],
)  # fmt: skip
def test_any_period_can_be_chosen_and_stays_in_the_address(owner: FlaskClient, args: str) -> None:
    page = owner.get(f"/admin/dashboards/analytics/usage?{args}&all=1")
    assert page.status_code == 200
    assert "No answer" not in page.text
    link = re.search(r'href="([^"]+)">Open alone', page.text)
    assert link
    for part in args.split("&"):
        assert part in html.unescape(link[1])


@pytest.mark.parametrize(
    "args",
    [
        "period=someday",
        "from=2026-02-30&to=2026-03-01",
        "period=custom",
        "compare=%27",
        "from=9999-12-31&to=9999-12-31",
    ],
)
def test_what_is_no_period_is_said(owner: FlaskClient, args: str) -> None:
    for url in ("/admin/dashboards/finance/revenue", "/admin/figures/finance.mrr"):
        answer = owner.get(f"{url}?{args}")
        assert answer.status_code == 400
        assert "Choose a period on the page" in answer.text


FALSIFY = "UPDATE admin.rollup_values SET amount = amount + :by WHERE name = 'analytics.decisions'"


def test_an_explanation_says_definition_version_sources_and_checks_the_rows(site: Site, owner: FlaskClient) -> None:
    url = "/admin/figures/analytics.cvs-screened"
    before = owner.get(url).text
    for words in ("a retry is no second one", "Version 1", "AI decisions", "analytics.decisions", "not kept yet"):
        assert words in before, words
    assert "Equal." in owner.get(f"{url}/check", headers=FRAGMENT).text
    run_job(site.machine, "core.refresh-rollups")
    run_job(site.machine, "core.verify-rollups")
    after = owner.get(url).text
    assert "refreshed" in after
    assert "equal to the rows" in after
    assert "Equal." in owner.get(f"{url}/check").text
    with site.machine.database.transaction() as session:
        session.execute(
            sa.text("UPDATE admin.rollup_values SET amount = amount + 1 WHERE name = 'analytics.decisions'")
        )
    assert "Not equal." in owner.get(f"{url}/check").text
    run_job(site.machine, "core.verify-rollups")
    with site.machine.database.sessions() as session:
        assert figures_differing(session, datetime.now(UTC)).value == 2  # the job ran twice
    with site.machine.database.transaction() as session:
        session.execute(
            sa.text("UPDATE admin.rollup_values SET amount = amount - 1 WHERE name = 'analytics.decisions'")
        )


@pytest.mark.parametrize("role", ["Support", "Viewer"])
def test_people_see_the_dashboards_and_figures_they_may(site: Site, role: str) -> None:
    client = site.client(role)
    money = client.get("/admin/dashboards/finance/revenue").status_code
    assert money == (403 if role == "Support" else 200)
    assert client.get("/admin/figures/finance.mrr").status_code == money
    assert client.get("/admin/figures/finance.mrr/values.csv").status_code == money
    assert client.get("/admin/dashboards/finance/revenue/cards/movement").status_code == money
    assert client.get("/admin/dashboards/support/tickets").status_code == 200
    home = client.get("/admin/").text
    assert ("/admin/dashboards/finance/revenue" in home) == (money == 200)
    assert "/admin/dashboards/support/tickets" in home


def test_what_is_not_there_is_said(owner: FlaskClient) -> None:
    for url in (
        "/admin/dashboards/finance/gone", "/admin/dashboards/gone/revenue", "/admin/figures/finance.gone",
        "/admin/dashboards/finance/revenue/cards/gone", "/admin/dashboards/finance/revenue/cards/mrr/explain",
    ):  # fmt: skip
        assert owner.get(url).status_code == 404, url


def test_a_card_that_fails_costs_only_itself(site: Site, owner: FlaskClient) -> None:
    circuits = site.machine.plugins.circuits
    circuits.failed("analytics", "card usage week", RuntimeError("a secret"), opens=True)
    page = owner.get("/admin/dashboards/analytics/usage?all=1").text
    broken = page[page.index('aria-label="When CVs are screened"') :].partition("</section>")[0]
    assert "left alone for a minute" in broken
    assert "secret" not in page
    assert "CVs screened over time" in page
    assert owner.get("/admin/dashboards/analytics/usage/cards/week/values.csv").status_code == 503
    circuits.succeeded("analytics", "card usage week")

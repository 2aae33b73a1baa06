"""What an action would do is shown before it is done, and nothing else is done than what was shown."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.databases import as_app
from tests.journeys.approvals import PLUGINS, Colleague, Office, hidden, preview, url_of
from tests.journeys.site import make_site

TABLES = ("admin.jobs", "admin.mail_messages", "admin.webhook_deliveries", "admin.change_sets", "admin.change_rows")


@pytest.fixture(scope="module")
def office(demo_database: str) -> Iterator[Office]:
    site = make_site(as_app(demo_database), plugin_paths=(f"{PLUGINS}/shop",))
    yield Office(site)
    site.machine.database.engine.dispose()


@pytest.fixture(scope="module")
def ada(office: Office) -> Colleague:
    return office.colleague("Ada")


def counts(office: Office) -> list[int]:
    with office.site.machine.database.sessions() as session:
        return [session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES]


def test_a_preview_shows_fields_money_and_what_is_sent_and_leaves_nothing(office: Office, ada: Colleague) -> None:
    pack = office.pack()
    before = counts(office)
    page = preview(ada, url_of(pack, "raise-price"), **{"q-cents": "2500"})
    assert re.search(r"Credit packs</strong>: 1 changed .*?Amount", page, re.DOTALL)
    assert "+R\u00a025,00" in page
    assert "E-mail: A price was changed" in page
    assert "Webhook: pack.priced" in page
    assert re.search(r"R\u00a050,00.*?R\u00a075,00", page, re.DOTALL)
    assert counts(office) == before
    assert office.now(pack).amount_cents == 5_000


def test_a_dangerous_action_has_no_button_before_its_plan_was_seen(office: Office, ada: Colleague) -> None:
    pack = office.pack()
    first = ada.page(url_of(pack, "raise-price"))
    assert 'value="do"' not in first
    assert 'value="do"' in preview(ada, url_of(pack, "raise-price"), **{"q-cents": "1"})
    answer = ada.send(url_of(pack, "raise-price"), step="do", **hidden(first), **{"q-cents": "1"})
    assert answer.status_code == 422
    assert "Look at what will happen first." in answer.text
    assert office.now(pack).amount_cents == 5_000


def test_one_without_questions_shows_its_plan_at_once_and_is_done_once(office: Office, ada: Colleague) -> None:
    pack = office.pack()
    page = ada.page(url_of(pack, "rename"))
    assert "What will happen" in page
    answers = [ada.send(url_of(pack, "rename"), step="do", **hidden(page)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert office.now(pack).name == "Ten!"


@pytest.mark.parametrize("drift", ["target", "typed"])
def test_when_it_is_no_longer_what_was_shown_nothing_is_done_and_both_are_shown(
    office: Office, ada: Colleague, drift: str
) -> None:
    pack = office.pack()
    url = url_of(pack, "raise-price")
    page = preview(ada, url, **{"q-cents": "1000"})
    if drift == "target":
        office.change(pack, credits=11)
    answer = ada.send(url, step="do", **hidden(page), **{"q-cents": "1000" if drift == "target" else "2000"})
    assert answer.status_code == 422
    assert "What was shown before" in answer.text
    assert "What will happen now" in answer.text
    assert office.now(pack).amount_cents == 5_000
    again = ada.send(url, step="do", **hidden(answer.text), **{"q-cents": "1000" if drift == "target" else "2000"})
    assert again.status_code == 303
    assert office.now(pack).amount_cents > 5_000


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("give-away", "a rule that these records must keep would be broken"),
        ("fail", "It failed, and the log says why."),
    ],
)
def test_what_fails_when_it_is_tried_says_so(office: Office, ada: Colleague, slug: str, sentence: str) -> None:
    page = ada.page(url_of(office.pack(), slug))
    assert sentence in page
    assert "a secret of somebody" not in page
    assert 'value="do"' not in page


def test_a_record_that_somebody_else_changes_is_not_waited_for(office: Office, ada: Colleague) -> None:
    pack = office.pack()
    with office.site.machine.database.transaction() as session:
        session.execute(sa.text("SELECT 1 FROM admin.credit_packs WHERE id = :id FOR UPDATE"), {"id": pack.id})
        page = ada.page(url_of(pack, "rename"))
    assert "Somebody else is changing the same record right now." in page


def test_what_a_role_does_not_see_is_only_counted(office: Office, ada: Colleague) -> None:
    otto = office.colleague("Otto", "page:*:read", "data:credit_packs:read", "shop:packs:change")
    url = url_of(office.pack(), "answer-everybody")
    assert "Why so dear?" in ada.page(url)
    page = otto.page(url)
    assert "Records that your roles do not see</strong>: 1 created" in page
    assert "Why so dear?" not in page


def test_the_page_with_a_plan_stays_in_its_budget(office: Office, ada: Colleague) -> None:
    pack = office.pack()
    with office.site.counted() as statements:
        assert ada.browser.get(url_of(pack, "rename")).status_code == 200
    assert len(statements) <= 14, statements


FAQ = {"c-question": "How?", "c-answer": "So.", "c-category": "general", "c-position": "1", "c-state": "draft"}
NEW = "/admin/data/faq_entries/new"


def form_of(page: str, **typed: str) -> dict[str, str]:
    version = re.search(r'name="version" value="([^"]*)"', page)
    return {**FAQ, "c-locale": "en-ZA", "version": version[1] if version else "", **typed}


@pytest.fixture
def eve(office: Office) -> Colleague:
    return office.colleague("Eve", "*")


def faq_count(office: Office) -> int:
    with office.site.machine.database.sessions() as session:
        return session.execute(sa.text("SELECT count(*) FROM admin.faq_entries")).scalar_one()


def test_a_form_and_a_deletion_show_what_they_would_do(office: Office, eve: Colleague) -> None:
    before = faq_count(office)
    shown = eve.send(NEW, then="preview", **form_of(eve.page(NEW)))
    assert shown.status_code == 200
    assert re.search(r"What saving will do.*?</strong>: 1 created", shown.text, re.DOTALL)
    assert 'value="How?"' in shown.text or ">How?</textarea>" in shown.text
    assert faq_count(office) == before
    record = str(eve.send(NEW, **form_of(shown.text)).location)
    assert faq_count(office) == before + 1

    page = eve.page(f"{record}/edit")
    shown = eve.send(f"{record}/edit", then="preview", **form_of(page, **{"c-category": "billing"}))
    assert re.search(r"1 changed .*?general.*?billing", shown.text, re.DOTALL)
    assert "general" in eve.page(record)
    assert eve.send(f"{record}/edit", **form_of(shown.text, **{"c-category": "billing"})).status_code == 303
    assert "billing" in eve.page(record)

    shown = eve.send(f"{record}/delete", step="preview", **form_of(eve.page(f"{record}/delete")))
    assert "1 deleted" in shown.text
    assert eve.send(f"{record}/delete", **form_of(shown.text)).status_code == 303
    assert faq_count(office) == before


def test_a_form_that_would_be_refused_says_so_and_keeps_what_was_typed(office: Office, eve: Colleague) -> None:
    shown = eve.send(NEW, then="preview", **form_of(eve.page(NEW), **{"c-position": "first"}))
    assert shown.status_code == 422
    assert "What saving will do" not in shown.text
    assert 'value="first"' in shown.text

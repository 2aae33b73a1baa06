"""A masked value is shown for a reason, to one person, on one page, for some minutes; and the log knows."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.audit import reads
from admin_core.generator import revealing, reveals
from schema.access_log import AccessEntry, AccessKind, Reveal
from schema.audit import AuditEntry
from schema.candidates import Candidate
from schema.support import Ticket
from tests.journeys.site import Site, token_in

WHY = "Otto asked on the phone what we hold"


@pytest.fixture
def candidate(site: Site) -> Candidate:
    """Return somebody with a secret title that only their CV told."""
    with site.machine.database.transaction() as session:
        found = session.scalars(sa.select(Candidate).order_by(Candidate.id).limit(1)).one()
        found.current_title = "Keeper of canaries"
        session.execute(sa.delete(Reveal))
    return found


def url(candidate: Candidate, page: str = "") -> str:
    return f"/admin/data/candidates/record/{candidate.id}{page}"


def ask(client: FlaskClient, candidate: Candidate, column: str = "current_title", **typed: str) -> TestResponse:
    page = url(candidate, f"/reveal/{column}")
    return client.post(page, data={"csrf_token": token_in(client.get(page).text), **typed})


def reveals_of(site: Site, candidate: Candidate) -> list[AccessEntry]:
    with site.machine.database.sessions() as session:
        wanted = sa.select(AccessEntry).filter_by(kind=AccessKind.REVEAL, record_key=str(candidate.id))
        return list(session.scalars(wanted.order_by(AccessEntry.id)))


def test_a_reason_shows_the_value_here_and_nowhere_else(site: Site, support: FlaskClient, candidate: Candidate) -> None:
    page = support.get(url(candidate)).text
    assert "Keeper of canaries" not in page
    assert url(candidate, "/reveal/current_title") in page
    answer = ask(support, candidate, reason=WHY)
    assert answer.location == url(candidate) + "#field-current_title"
    shown = support.get(url(candidate))
    assert "Keeper of canaries" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    seconds, _, where = shown.headers["Refresh"].partition("; ")
    assert 590 <= int(seconds) <= 601
    assert where == f"url={url(candidate)}"  # to its own address with a fragment a browser only scrolls
    for elsewhere in ("/admin/data/candidates/", url(candidate, "/history"), url(candidate, "/reveal/current_company")):
        other = support.get(elsewhere)
        assert "Keeper of canaries" not in other.text
        assert "Refresh" not in other.headers


def test_what_one_person_revealed_on_one_record_nobody_else_sees(
    site: Site, support: FlaskClient, candidate: Candidate
) -> None:
    assert ask(support, candidate, reason=WHY).status_code == 303
    with site.machine.database.transaction() as session:
        here = session.execute(sa.select(Reveal.member_id, Reveal.record_key)).one()
        other = session.scalars(sa.text("SELECT id FROM admin.staff_members WHERE id <> :me").bindparams(me=here[0]))
        strangers = {"member_id": other.first(), "record_key": "another", "column_key": "current_company"}
    for name, value in strangers.items():
        assert "Keeper of canaries" in support.get(url(candidate)).text
        with site.machine.database.transaction() as session:
            session.execute(sa.update(Reveal).values({name: value}))
        assert "Keeper of canaries" not in support.get(url(candidate)).text
        with site.machine.database.transaction() as session:
            back = {"member_id": here[0], "record_key": here[1], "column_key": "current_title"}
            session.execute(sa.update(Reveal).values(back))


def test_the_log_knows_who_what_and_why(
    site: Site, support: FlaskClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "SAME_LOOK", timedelta(0))
    with site.machine.database.sessions() as session:
        ticket = session.scalars(sa.select(Ticket).limit(1)).one()
    assert ask(support, candidate, reason=f"  {WHY}\n", ticket=f"#{ticket.number}").status_code == 303
    look = reveals_of(site, candidate)[-1]
    assert (look.reason, look.ticket_id, look.field_names) == (WHY, ticket.id, ["current_title"])
    assert (look.subject_kind, look.subject_key) == ("candidate", str(candidate.id))
    with site.machine.database.sessions() as session:
        entry = session.get_one(AuditEntry, look.id)
    assert (entry.action, entry.ticket_id) == ("data.reveal", ticket.id)
    assert "phone" not in entry.body
    support.get(url(candidate))
    with site.machine.database.sessions() as session:
        newest = session.scalars(sa.select(AccessEntry).order_by(AccessEntry.id.desc()).limit(1)).one()
    assert newest.kind is AccessKind.DETAIL
    assert "current_title" in newest.field_names


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": ""}, "Say in a few words"),
        ({"reason": "   why   "}, "Say in a few words"),
        ({"reason": "x" * 501}, "Use at most 500"),
        ({"reason": WHY, "ticket": "no such"}, "There is no such ticket"),
        ({"reason": WHY, "ticket": "99999999999999999999"}, "There is no such ticket"),
    ],
)
def test_without_a_good_reason_nothing_is_shown_and_nothing_typed_is_lost(
    site: Site, support: FlaskClient, candidate: Candidate, typed: dict[str, str], sentence: str
) -> None:
    before = len(reveals_of(site, candidate))
    answer = ask(support, candidate, **typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert typed.get("ticket", "") in answer.text
    assert typed["reason"].strip()[:400] in answer.text
    assert len(reveals_of(site, candidate)) == before
    assert "Keeper of canaries" not in support.get(url(candidate)).text


def test_it_ends_by_a_button_and_by_itself(
    site: Site, support: FlaskClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(support, candidate, reason=WHY).status_code == 303
    page = support.get(url(candidate)).text
    assert "Hide again" in page
    assert support.post(url(candidate, "/hide/current_title"), data={"csrf_token": token_in(page)}).status_code == 303
    assert "Keeper of canaries" not in support.get(url(candidate)).text
    monkeypatch.setattr(revealing, "LASTS", timedelta(0))
    assert ask(support, candidate, reason=WHY).status_code == 303
    assert "Keeper of canaries" not in support.get(url(candidate)).text
    assert timedelta(minutes=10) == reveals.LASTS


def test_nobody_reveals_what_their_role_may_not(
    site: Site, owner: FlaskClient, viewer: FlaskClient, support: FlaskClient, candidate: Candidate
) -> None:
    page, before = url(candidate, "/reveal/current_title"), len(reveals_of(site, candidate))
    assert viewer.get(page).status_code == 403
    token = token_in(viewer.get("/admin/").text)
    assert viewer.post(page, data={"csrf_token": token, "reason": WHY}).status_code == 403
    assert owner.get(page).status_code == 403  # sees it anyway
    assert "/reveal/" not in viewer.get(url(candidate)).text
    assert "/reveal/" not in owner.get(url(candidate)).text
    assert support.get(url(candidate, "/reveal/nothing")).status_code == 404
    assert support.get(url(candidate, "/reveal/customer_id")).status_code == 403
    assert len(reveals_of(site, candidate)) == before


def test_a_role_that_loses_the_right_loses_what_it_revealed(
    site: Site, support: FlaskClient, candidate: Candidate
) -> None:
    assert ask(support, candidate, reason=WHY).status_code == 303
    role = sa.text("UPDATE admin.roles SET permissions = :p WHERE name = 'Support'")
    kept: list[str] = []
    with site.machine.database.transaction() as session:
        kept = session.scalar(sa.text("SELECT permissions FROM admin.roles WHERE name = 'Support'")) or []
        session.execute(role, {"p": [p for p in kept if p != "pii:cv:reveal"]})
    try:
        assert "Keeper of canaries" not in support.get(url(candidate)).text
    finally:
        with site.machine.database.transaction() as session:
            session.execute(role, {"p": kept})


def test_so_many_an_hour_and_no_more(
    site: Site, support: FlaskClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revealing, "MOST_AN_HOUR", len(reveals_of(site, candidate)))
    answer = ask(support, candidate, reason=WHY)
    assert answer.status_code == 429
    assert "within an hour" in answer.text
    assert "Keeper of canaries" not in support.get(url(candidate)).text


def test_a_record_that_can_be_revealed_costs_one_statement_more(
    site: Site, support: FlaskClient, candidate: Candidate
) -> None:
    with site.counted() as statements:
        assert support.get(url(candidate)).status_code == 200
    assert len([each for each in statements if "admin.reveals" in each]) == 1
    assert len(statements) <= 4 + 3 + 1, statements

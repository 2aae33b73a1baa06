"""The owner invites somebody by mail, edits a role, and sees the admin through its eyes."""

import re
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from schema.settings import Setting
from schema.staff import Role, StaffMember
from tests.admin_core.mail.post_office import PostOffice, opened
from tests.journeys.browser.listening import new_context
from tests.journeys.browser.place import Place
from tests.journeys.browser.test_pages import grave
from tests.running import perform_waiting

pytestmark = pytest.mark.browser


def configure(place: Place, values: dict[str, Any]) -> None:
    """Enter a mail server, or none."""
    with place.machine.database.transaction() as session:
        session.execute(sa.delete(Setting).where(Setting.section == "mail"))
        session.add_all(Setting(section="mail", name=name, value={"v": value}) for name, value in values.items())


def invite(page: Page, email: str) -> None:
    """Invite somebody, having forgotten the role at first."""
    page.goto("/admin/staff")
    assert grave(page) == []
    page.get_by_role("link", name="Invite", exact=True).click()
    page.get_by_role("textbox", name="Name").fill("Thandi Mbeki")
    page.get_by_label("E-mail", exact=True).fill(email)
    assert grave(page) == []
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_text("Choose at least one role").first).to_be_visible()
    expect(page.get_by_label("E-mail", exact=True)).to_have_value(email)
    page.get_by_role("checkbox", name=re.compile("^Support")).check()
    page.get_by_role("button", name="Invite", exact=True).click()


def link_in(office: PostOffice, email: str) -> str:
    """Return the link of the one message that arrived for somebody."""
    (message,) = (each for each in office.received if each["To"].addresses[0].addr_spec == email)
    body = message.get_body(("plain",))
    assert body is not None
    link = re.search(r"/auth/link/[\w-]+", body.get_content())
    assert link
    return link[0]


def test_an_invited_colleague_follows_the_link_in_the_mail(
    page: Page, place: Place, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin_core.team.member_pages.keeps_mail", lambda *_: False)  # the demo lets no mail out
    monkeypatch.setattr("admin_core.mail.sending.keeps_mail", lambda *_: False)
    email, office = f"{uuid4().hex}@example.com", PostOffice()
    with opened(office) as port:
        configure(place, {"host": "127.0.0.1", "port": port, "security": "none", "from_email": "admin@example.com"})
        try:
            invite(page, email)
            expect(page.get_by_text("An invitation to Thandi Mbeki is on its way.")).to_be_visible()
            expect(page.get_by_text("invited", exact=True)).to_be_visible()
            assert grave(page) == []
            assert perform_waiting(place.machine, "core.send-mail")
        finally:
            configure(place, {})
    with closing(new_context(browser, place.url)) as stranger:
        theirs = stranger.new_page()
        theirs.goto(link_in(office, email))
        expect(theirs.get_by_text("Thandi Mbeki").first).to_be_visible()
    with place.machine.database.sessions() as session:
        member = session.scalars(sa.select(StaffMember).where(StaffMember.email == email)).one()
        assert [role.name for role in member.roles] == ["Support"]


def test_a_role_is_edited_and_seen_through(page: Page, place: Place) -> None:
    page.goto("/admin/staff/roles")
    assert grave(page) == []
    page.get_by_role("link", name="New role").click()
    name = f"Bookkeeper {uuid4().hex[:8]}"
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("checkbox", name="read Finance").check()
    page.get_by_role("textbox", name="Patterns").fill("data:no_such_thing:read")
    page.get_by_role("button", name="What does it mean?").click()
    expect(page.get_by_text("These cover nothing at present")).to_be_visible()
    expect(page.locator("#meaning")).to_contain_text("See all records under Finance.")
    assert grave(page) == []
    page.get_by_role("textbox", name="Patterns").fill("")
    page.get_by_role("button", name="Save role").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    with place.machine.database.sessions() as session:
        role = session.scalars(sa.select(Role).where(Role.name == name)).one()
        assert role.permissions == ["data:@Finance:read"]
    page.get_by_role("button", name=f"See as {name}").click()
    expect(page.get_by_text(f"You see the admin as {name} does.")).to_be_visible()
    page.goto(place.list("customers"))
    expect(page.locator(".error-sentence")).to_contain_text("may not")
    page.get_by_role("link", name="Why can't I?").click()
    expect(page.get_by_text("no role gives it")).to_be_visible()
    assert grave(page) == []
    page.get_by_role("button", name="End now").click()
    expect(page.get_by_text("You see the admin as yourself again.")).to_be_visible()
    page.goto(place.list("customers"))
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()


@pytest.mark.parametrize("path", ["/admin/staff", "/admin/staff/roles", "/admin/staff/roles/matrix", "/admin/why"])
def test_pages_of_the_team_fit_a_phone(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert grave(page) == []

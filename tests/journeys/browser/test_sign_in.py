"""The ways in, in a real browser: invitation, authenticator, passkey, and the proof before something dangerous."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select, update

from admin_core.access.links import make_link
from admin_core.access.team import add_member, ensure_roles
from schema.audit import AuditEntry
from schema.sign_in import LinkPurpose
from schema.staff import StaffMember, StaffSession
from tests.journeys.browser.listening import listen, new_context
from tests.journeys.browser.place import Place
from tests.journeys.browser.test_pages import grave

PASSWORD = "four plain words here"


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    """A browser nobody has signed in with, whose device checks who holds it; the console stays silent."""
    context, said = new_context(browser, place.url, viewport={"width": 390, "height": 800}), list[str]()
    yield listen(context.new_page(), said)
    context.close()
    assert said == []


def invited(place: Place, role: str = "Viewer") -> tuple[str, str]:
    """Return the path of an invitation, and for which address."""
    email = f"{uuid4().hex[:12]}@hireinbox.example"
    with place.machine.database.transaction() as session:
        member = add_member(session, name="Finn Invited", email=email, roles=[ensure_roles(session)[role]])
        return make_link(session, member.id, LinkPurpose.INVITATION), email


def settle(page: Page) -> None:
    """Check that a page is fit for everybody."""
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def choose_password(page: Page, path: str) -> None:
    page.goto(path)
    settle(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Choose this password").click()
    expect(page.locator("h1")).to_have_text("Set up your second factor")


def code_of(seed: str) -> str:
    return str(TOTP(key=seed.replace(" ", ""), format="base32").generate().token)


def enrol_app(page: Page) -> str:
    """Set up the app that a page shows; return its seed."""
    seed = page.locator(".seed").inner_text()
    page.get_by_label("Code that the app shows").fill(code_of(seed))
    page.get_by_role("button", name="Set up and sign in").click()
    return seed


def forget_codes(place: Place, email: str) -> None:
    """Let the code of this half minute be good again: a test is quicker than a person."""
    with place.machine.database.transaction() as session:
        session.execute(update(StaffMember).where(StaffMember.email == email).values(totp_last_counter=None))


def grow_stale(place: Place, email: str) -> None:
    """Let eleven minutes pass since somebody's last proof."""
    mine = StaffSession.member_id.in_(select(StaffMember.id).where(StaffMember.email == email))
    with place.machine.database.transaction() as session:
        stale = func.now() - func.make_interval(0, 0, 0, 0, 0, 11)
        session.execute(update(StaffSession).where(mine).values(fresh_at=stale))


def entries_of(place: Place, email: str) -> list[tuple[str, list[str]]]:
    """Return what the audit log says that somebody did about their own account."""
    mine = AuditEntry.actor_id.in_(select(StaffMember.id).where(StaffMember.email == email))
    wanted = select(AuditEntry.action, AuditEntry.field_names).where(mine, AuditEntry.action.startswith("staff."))
    with place.machine.database.sessions() as session:
        return [(action, list(fields)) for action, fields in session.execute(wanted.order_by(AuditEntry.id))]


def write_password(page: Page, email: str) -> None:
    page.goto("/auth/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    """Forget the session, also when an answer that was still on its way brings its cookie once more."""
    for _ in range(5):
        page.goto("about:blank")  # what a page still loads would be sent to the sign-in, and cross the next step
        page.context.clear_cookies(name="admin")
        page.goto("/auth/login")
        if page.get_by_label("E-mail address").count():
            return
    pytest.fail("The browser is still signed in.")


def give_device(page: Page) -> None:
    """Let the browser hold passkeys, and its holder always be the right one."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    words = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device = {"options": {**words, "isUserVerified": True, "automaticPresenceSimulation": True}}
    cdp.send("WebAuthn.addVirtualAuthenticator", device)


def test_an_invited_member_sets_up_an_authenticator_and_signs_in_with_it(page: Page, place: Place) -> None:
    path, email = invited(place)
    choose_password(page, path)
    settle(page)
    seed = enrol_app(page)
    expect(page.locator("h1")).to_have_text("Your recovery codes")
    settle(page)
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/admin/")
    sign_out(page)
    write_password(page, email)
    settle(page)
    forget_codes(place, email)
    page.get_by_label("Code of your authenticator app").fill(code_of(seed))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/admin/")
    sign_out(page)
    write_password(page, email)
    page.get_by_role("link", name="Use a recovery code").click()
    settle(page)
    page.get_by_label("Recovery code").fill(codes[3])
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/admin/")
    page.goto("/admin/account")
    expect(page.locator("main")).to_contain_text("9 left")


def test_a_passkey_is_the_second_factor_and_then_the_only_thing_asked_for(page: Page, place: Place) -> None:
    give_device(page)
    path, email = invited(place)
    choose_password(page, path)
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.locator("h1")).to_have_text("Your recovery codes")
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/admin/")
    sign_out(page)
    page.goto("/auth/login?next=/admin/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{place.url}/admin/account")  # not the sign-in that leads there
    sign_out(page)
    write_password(page, email)
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/admin/")
    page.goto("/admin/account")
    settle(page)
    page.get_by_role("button", name="Remove").click()
    page.locator("dialog[open] button[value=ok]").click()
    expect(page.locator("body")).to_contain_text("This is your only second factor")
    grow_stale(place, email)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(f"{place.url}/admin/account/passkeys/new")
    signed_in = ("staff.signed-in", ["passkey"])
    assert entries_of(place, email) == [
        ("staff.factor-enrolled", ["passkey"]), signed_in, signed_in, signed_in, ("staff.proved", []),
    ]  # fmt: skip


def test_a_passkey_is_added_renamed_and_removed_after_a_fresh_proof(page: Page, place: Place) -> None:
    give_device(page)
    path, email = invited(place)
    choose_password(page, path)
    seed = enrol_app(page)
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/admin/")
    grow_stale(place, email)
    page.goto("/admin/account")
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.locator("h1")).to_have_text("Confirm that it is you")
    settle(page)
    forget_codes(place, email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code of your authenticator app").fill(code_of(seed))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add passkey").click()
    page.wait_for_url(re.compile("/admin/account$"))
    page.get_by_label("Name of the passkey Laptop").fill("Old laptop")
    page.get_by_role("button", name="Rename").click()
    remove = page.locator(".passkeys").get_by_role("button", name="Remove")
    expect(page.get_by_label("Name of the passkey Old laptop")).to_be_visible()
    remove.click()
    page.locator("dialog[open] button[value=ok]").click()
    expect(page.locator("main")).to_contain_text("None yet.")
    changed = ("staff.factor-changed", ["passkey"])
    assert entries_of(place, email)[2:] == [("staff.proved", []), changed, ("staff.passkey-renamed", []), changed]

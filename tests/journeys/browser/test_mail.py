"""The owner reads a text, sends herself a test, finds it in the outbox; a customer follows the link in a message."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from admin_core.contributions import Letter
from admin_core.mail.asking import queue_mail
from schema.mail import MailMessage, Suppression
from tests.journeys.browser.place import Place
from tests.journeys.browser.test_pages import grave
from tests.running import perform_waiting

pytestmark = pytest.mark.browser


def test_a_text_is_read_tried_and_found_in_the_outbox(page: Page, place: Place) -> None:
    page.goto("/admin/mail")
    expect(page.get_by_text("Nothing leaves this machine")).to_be_visible()
    assert grave(page) == []
    page.get_by_role("link", name="We have received your ticket").click()
    preview = page.frame_locator("iframe.mail-frame")
    expect(preview.get_by_text("Hello Nomsa Dlamini")).to_be_visible()
    assert grave(page) == []
    page.get_by_role("button", name="Send me a test").click()
    expect(page.get_by_text("A test message to your own address is on its way.")).to_be_visible()
    assert perform_waiting(place.machine, "core.send-mail")
    page.goto("/admin/system/outbox")
    page.get_by_role("link", name="[Test] We have received your request #1042").first.click()
    expect(page.get_by_text("This message did not leave this machine.")).to_be_visible()
    expect(page.frame_locator("iframe.mail-frame").get_by_text("Hello Nomsa Dlamini")).to_be_visible()
    assert grave(page) == []


def test_a_customer_unsubscribes_from_the_message_itself(page: Page, place: Place) -> None:
    letter = Letter(template="support.ticket-received", to="finn@example.com", variables={"name": "Finn", "number": 3})
    with place.machine.database.transaction() as session:
        message = queue_mail(session, place.machine.mailroom, letter)
        session.execute(update(MailMessage).where(MailMessage.id == message).values(headers={"unsubscribe": True}))
    assert perform_waiting(place.machine, "core.send-mail")
    page.goto(f"/admin/system/outbox/{message}")
    url = re.search(r"http://\S+/u/(\S+)", page.get_by_label("The message as plain text").inner_text())
    assert url is not None
    page.goto(f"/u/{url[1]}")
    assert grave(page) == []
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    with place.machine.database.sessions() as session:
        found = session.scalars(select(Suppression).where(Suppression.email == "finn@example.com")).one()
    assert (found.scope, found.reason) == ("marketing", "unsubscribed")

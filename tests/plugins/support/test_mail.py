"""What support writes to customers."""

import pytest

from admin_core.mail.templates import OfferedTemplate, Templates
from admin_core.plugin_manager import Plugins
from plugins.support import plugin, rules
from schema.support import Ticket, TicketStatus


def test_hook_register_mail_templates_offers_a_text_that_can_be_sent() -> None:
    plugins = Plugins()
    plugins.load("support", lambda: plugin)
    (template,) = plugins.items("register_mail_templates")
    assert template.key == "support.ticket-received"
    assert list(Templates.of([OfferedTemplate("support", template)]).problems()) == []


def test_hook_register_actions_of_support_ask_for_permissions_it_registers() -> None:
    registered = {permission.name for permission in plugin.register_permissions()}
    assert {action.permission for action in plugin.register_actions()} <= registered


@pytest.mark.usefixtures("engine")  # the models are loaded
@pytest.mark.parametrize(
    ("status", "email", "why"),
    [
        (TicketStatus.OPEN, "nomsa@example.com", ""),
        (TicketStatus.OPEN, None, "no e-mail address"),
        (TicketStatus.SPAM, "nomsa@example.com", "is spam"),
        (TicketStatus.CLOSED, "nomsa@example.com", "is closed"),
    ],
)
def test_a_receipt_needs_somebody_who_waits_for_it(status: TicketStatus, email: str | None, why: str) -> None:
    found = rules.why_no_receipt(Ticket(status=status, requester_email=email))
    assert why in found if why else found == ""

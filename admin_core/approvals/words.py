"""The words of the e-mails about requests.

They name the action and the address of its page; who asked for what, and why, stands behind the sign-in.
"""

from admin_core.contributions import MailTemplate

EXAMPLE = {"title": "Close the account", "url": "https://admin.example.com/admin/approvals/1"}

ASKED = MailTemplate(
    key="core.approval-asked",
    title="Somebody asks for approval",
    mail_class="internal",
    subject="Please decide: {{ title }}",
    text="A colleague asks for your approval in {{ product_name }}: {{ title }}.\n\n"
    "See what would happen, and decide: {{ url }}\n\nThe request ends by itself on {{ until }}.",
    variables={**EXAMPLE, "until": "2026-03-08 14:07 SAST"},
)
DECIDED = MailTemplate(
    key="core.approval-decided",
    title="A request was decided",
    mail_class="internal",
    subject="{{ outcome }}: {{ title }}",
    text="What you asked for in {{ product_name }} was decided. {{ title }}: {{ outcome }}.\n\n{{ url }}",
    variables={**EXAMPLE, "outcome": "Approved and done"},
)
ALONE = MailTemplate(
    key="core.approval-alone",
    title="Somebody decides alone",
    mail_class="internal",
    subject="To be done by one person alone: {{ title }}",
    text="In {{ product_name }} one person decides alone, as nobody else may approve it: {{ title }}.\n\n"
    "It is done on {{ until }} unless somebody stops it before: {{ url }}",
    variables={**EXAMPLE, "until": "2026-03-06 14:07 SAST"},
)
MAILS = (ASKED, DECIDED, ALONE)

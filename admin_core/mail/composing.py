"""Makes the message that leaves from its row: headers, both bodies, unsubscribe link. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from markupsafe import escape

from admin_core.mail.configuration import MailSettings
from admin_core.mail.secret_links import put_into_html, put_into_text
from admin_core.mail.words import html_of, one_line
from schema.mail import MailClass, MailMessage

DOCUMENT = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    '<body style="font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5">'
    "\n{body}\n{end}</body></html>\n"
)
SMALL = '<p style="color:#667085;font-size:13px;border-top:1px solid #d0d5dd;padding-top:12px">'


@dataclass(frozen=True)
class Ending:
    """What core puts under a message that can be unsubscribed from."""

    footer: str = ""
    unsubscribe_url: str = ""

    @property
    def text(self) -> str:
        """The ending in plain text."""
        if not self.unsubscribe_url:
            return ""
        who = f"{self.footer}\n" if self.footer else ""
        return f"\n\n-- \n{who}To unsubscribe: {self.unsubscribe_url}"

    @property
    def html(self) -> str:
        """The ending in HTML."""
        if not self.unsubscribe_url:
            return ""
        who = html_of(self.footer).removeprefix("<p>").removesuffix("</p>") + "<br>" if self.footer else ""
        link = f'<a href="{escape(self.unsubscribe_url)}">Unsubscribe</a>'
        return f"{SMALL}{who}{link}</p>\n"


def document(title: str, body: str, ending: Ending) -> str:
    """Return a whole HTML document around what a template wrote."""
    return DOCUMENT.format(title=escape(title), body=body, end=ending.html)


def composed(
    message: MailMessage, settings: MailSettings, *, unsubscribe_url: str, now: datetime, secret_link: str = ""
) -> EmailMessage:
    """Return the message as it leaves. Headers are set by a policy that refuses line breaks in them."""
    ending = Ending(settings.footer, unsubscribe_url)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = mailbox(settings.from_email or message.from_email, settings.from_name)
    mail["To"] = mailbox(message.to_email, message.to_name or "")
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message.message_id or message_id_for(message, settings)
    if reply_to := message.reply_to or settings.reply_to:
        mail["Reply-To"] = mailbox(reply_to, "")
    for name, value in automatic_headers(message, settings, unsubscribe_url).items():
        mail[name] = value
    text, html = (
        put_into_text(message.body_text or "", secret_link),
        put_into_html(message.body_html or "", secret_link),
    )
    mail.set_content(text + ending.text + "\n")
    mail.add_alternative(document(message.subject, html, ending), subtype="html")
    return mail


def automatic_headers(message: MailMessage, settings: MailSettings, unsubscribe_url: str) -> Mapping[str, str]:
    """Return the headers that tell programs what this is, and how to end it with one click (RFC 8058)."""
    headers = {"Auto-Submitted": "auto-generated"}
    if thread := (message.headers or {}).get("thread"):  # nobody sent its first message: all answer to the same name
        headers["In-Reply-To"] = headers["References"] = thread_id(str(thread), message, settings)
    if message.mail_class is MailClass.MARKETING:
        headers["Precedence"] = "bulk"
    if unsubscribe_url:
        mailto = f", <mailto:{settings.unsubscribe_email}?subject=unsubscribe>" if settings.unsubscribe_email else ""
        headers["List-Unsubscribe"] = f"<{unsubscribe_url}>{mailto}"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def mailbox(email: str, name: str) -> Address:
    """Return an address with its name, as headers take it."""
    return Address(display_name=one_line(name), addr_spec=email)


def message_id_for(message: MailMessage, settings: MailSettings) -> str:
    """Return the name of the message among mail programs: the same however often it is handed over."""
    return f"<{message.id}@{domain_of(message, settings)}>"


def thread_id(thread: str, message: MailMessage, settings: MailSettings) -> str:
    """Return the name under which mail programs keep the messages of a thread together."""
    return f"<{thread}@{domain_of(message, settings)}>"


def domain_of(message: MailMessage, settings: MailSettings) -> str:
    """Return the domain that names of messages end with."""
    return (settings.from_email or message.from_email).rpartition("@")[2]

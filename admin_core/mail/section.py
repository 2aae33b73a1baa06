"""What the settings page asks for about mail, and its Test button."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from admin_core import settings_store as store
from admin_core.ciphers import Cipher
from admin_core.mail.configuration import PER_MINUTE, SECTION, MailSettings
from admin_core.setting_fields import SettingField, SettingsSection, Values
from admin_core.settings import is_loopback


def read_mail_settings(session: Session, cipher: Cipher) -> MailSettings:
    """Return what the settings page holds about mail. Keep the answer out of logs."""
    return MailSettings.of(store.read(session, cipher, MAIL))


def check_mail(values: Values) -> Mapping[str, str]:
    """Return what does not go together."""
    if values.get("security") == "none" and not is_loopback(str(values.get("host") or "")):
        return {"security": "Without encryption mail is only handed to a server on this machine."}
    if values.get("username") and values.get("password") is None:
        return {"password": "A user name needs its password."}
    return {}


MAIL = SettingsSection(
    name=SECTION,
    title="Mail",
    description="The server that sends our e-mail, and the name it is sent in.",
    icon="mail",
    order=20,
    guide="Your mail provider calls these SMTP settings. Port 587 goes with STARTTLS, port 465 with TLS.",
    fields=(
        SettingField(name="host", label="Mail server", required=True, longest=255, help="e.g. smtp.example.com"),
        SettingField(name="port", label="Port", kind="number", required=True, default=587, least=1, most=65535),
        SettingField(
            name="security",
            label="Security",
            kind="choice",
            required=True,
            default="starttls",
            choices=(("starttls", "STARTTLS"), ("tls", "TLS"), ("none", "None (this machine only)")),
        ),
        SettingField(name="username", label="User name", longest=320),
        SettingField(name="password", label="Password", kind="secret"),
        SettingField(name="from_email", label="Sender's address", kind="email", required=True),
        SettingField(name="from_name", label="Sender's name", longest=200),
        SettingField(name="reply_to", label="Answers go to", kind="email", help="Empty: to the sender."),
        SettingField(name="bounce_email", label="Failures go to", kind="email", help="Empty: to the sender."),
        SettingField(
            name="unsubscribe_email",
            label="Mailbox for unsubscribing",
            kind="email",
            help="Somebody must read it. Offered beside the link.",
        ),
        SettingField(
            name="footer",
            label="Footer",
            kind="textarea",
            longest=1_000,
            help="Who writes and from where: under marketing.",
        ),
        SettingField(
            name="per_minute", label="Messages per minute", kind="number", default=PER_MINUTE, least=1, most=100_000
        ),
    ),
    test="admin_core.mail.transport.try_connection",
    reaches="host",
    check=check_mail,
    setup=True,
)

"""What the settings page says about mail, as the jobs use it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from admin_core.settings import Environment, is_loopback

SECTION = "mail"
Security = Literal["tls", "starttls", "none"]
"""TLS from the first byte (port 465), STARTTLS before anything is said (587), or neither: on this machine only."""
SECURITIES = ("tls", "starttls", "none")
PER_MINUTE = 120
NOT_LEAVING: tuple[Environment, ...] = ("demo", "development", "test")


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """How mail leaves, and in whose name."""

    host: str = ""
    port: int = 587
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    from_email: str = ""
    from_name: str = ""
    reply_to: str = ""
    bounce_email: str = ""
    """Where the mail server reports failures; the sender's own address when empty."""
    unsubscribe_email: str = ""
    """A mailbox somebody reads, offered beside the unsubscribe link."""
    footer: str = ""
    """Who writes and from where, under what can be unsubscribed from."""
    per_minute: int = PER_MINUTE

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "MailSettings":
        """Return the settings of these values; what is missing keeps its default."""
        given = {name: values[name] for name in cls.__dataclass_fields__ if values.get(name) not in {None, ""}}
        return cls(**given)

    @property
    def problem(self) -> str:
        """Why nothing can be sent with these settings, in a sentence; empty when it can be tried."""
        if not self.host or not self.from_email:
            return "Mail is not set up: the settings page asks for a mail server and a sender."
        if self.security not in SECURITIES:
            return f"Mail is not set up: the security of the connection is {self.security!r}."
        if self.security == "none" and not is_loopback(self.host):
            return f"Mail to {self.host} would travel in clear. Choose TLS or STARTTLS on the settings page."
        return ""


def keeps_mail(env: Environment, settings: MailSettings) -> bool:
    """Return whether mail goes to the built-in outbox: always in the demo, elsewhere until a server is set up."""
    return env == "demo" or (env in NOT_LEAVING and not settings.host)

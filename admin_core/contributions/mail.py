"""E-mails that plugins ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

MailClass = Literal["transactional", "service", "marketing", "internal"]
"""Why a message is sent: it answers what the person did, runs the service, advertises, or is for the team."""


@dataclass(frozen=True, kw_only=True)
class MailTemplate:
    """The words of one kind of message, with the variables that stand in them."""

    key: str
    """``plugin.words``."""
    title: str
    mail_class: MailClass
    subject: str
    """Subject, text and html are Jinja templates; only texts and whole numbers can stand in them."""
    text: str
    html: str = ""
    """What stands between ``<body>`` and ``</body>``; made from the text when empty."""
    variables: Mapping[str, str | int] = field(default_factory=dict)
    """Each variable with an example, which previews and test messages show."""
    unsubscribe: bool = False
    """True: a service message that carries an unsubscribe link; a marketing message always does."""

    @property
    def has_unsubscribe_link(self) -> bool:
        """Whether the reader can end such messages with one click."""
        return self.unsubscribe or self.mail_class == "marketing"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message somebody asks for: which template, to whom, with which words."""

    template: str
    to: str = field(repr=False)
    variables: Mapping[str, str | int] = field(default_factory=dict, repr=False)
    name: str = field(default="", repr=False)
    """The receiver's name, shown beside the address."""
    key: str | None = None
    """Asked for twice under one key, it is sent once. No personal data: name records by their keys."""
    secret_link: str = field(default="", repr=False)
    """A one-use link for the reader alone: kept encrypted, gone when the message has left. It stands where the words
    hold ``mail.secret_links.MARK``."""
    customer_id: UUID | None = None
    member_id: UUID | None = None
    batch_id: UUID | None = None
    """What several messages have in common: an announcement, a report run."""
    thread: str = ""
    """Messages of one thread stand under each other in mail programs. Letters, digits and dashes."""
    send_at: datetime | None = None
    """Not before this moment."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A message that is about to leave, as ``may_contact`` is asked about it."""

    mail_class: MailClass
    template: str
    email: str = field(repr=False)
    address_hashes: tuple[str, ...] = field(repr=False)
    """Keyed hashes of the address, under the present key first: what outlives the person's data."""
    customer_id: UUID | None
    member_id: UUID | None
    now: datetime

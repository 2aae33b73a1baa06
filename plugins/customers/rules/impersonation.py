"""Who may use the customer app as whom, until when, and what the app is told about it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from admin_core.contributions import Belonging, Question, SettingField, SettingsSection
from admin_core.settings import is_loopback
from plugins.customers.rules.accounts import TAKEN
from schema.accounts import Impersonation, ImpersonationMode
from schema.customers import Customer, Person
from schema.support import Ticket, TicketStatus

READ, START = "customers:impersonations:read", "customers:impersonations:start"
FULL, END = "customers:impersonations:full", "customers:impersonations:end"
PAGE = "/admin/customers/sign-in-as"
ISSUER = "hireinbox-admin"
TOKEN_LASTS = timedelta(seconds=60)
PROOF_WITHIN_S = 300
OPENS_FOR: Mapping[ImpersonationMode, timedelta] = {
    ImpersonationMode.READ_ONLY: timedelta(minutes=10),
    ImpersonationMode.FULL: timedelta(minutes=60),  # a colleague approved it, perhaps while the other was elsewhere
}
"""How long what was asked for may be opened."""
SHORT: Mapping[ImpersonationMode, str] = {ImpersonationMode.READ_ONLY: "ro", ImpersonationMode.FULL: "rw"}
WRITES: Mapping[ImpersonationMode, str] = {
    ImpersonationMode.READ_ONLY: "read only",
    ImpersonationMode.FULL: "with changes allowed",
}
ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9._~/-]*")
State = Literal["ready", "opening", "live", "over"]
NEEDS: Mapping[ImpersonationMode, str] = {ImpersonationMode.READ_ONLY: START, ImpersonationMode.FULL: FULL}
"""The right to each; it is asked for again whenever the app asks."""
DONE_WITH = frozenset({TicketStatus.SOLVED, TicketStatus.CLOSED, TicketStatus.SPAM, TicketStatus.MERGED})

IMPERSONATIONS = Belonging(
    rows="impersonations",
    columns=(
        "issued_at",
        "mode",
        "staff_id",
        "ticket_id",
        "reason",
        "customer_agreed",
        "pages_seen",
        "records_seen",
        "ended_at",
        "reviewed_by_id",
    ),
    newest="issued_at",
)
QUESTIONS = (
    Question(
        name="ticket",
        label="Ticket",
        kind="number",
        least=1,
        help="Number of the customer's ticket it serves. The customer sees it beside the visit.",
    ),
    Question(
        name="reason", label="Reason", kind="textarea", help="Stays in the admin; the customer app never gets it."
    ),
    Question(
        name="agreed",
        label="Did the customer agree to this visit?",
        kind="choice",
        required=False,
        choices=(("yes", "Yes, they agreed"), ("no", "No, or they were not asked")),
        help="How they agreed belongs into the reason. A setting says whether it must be answered.",
    ),
)
AGREED: Mapping[str, bool] = {"yes": True, "no": False}
OFF, ASKED, REQUIRED = "off", "asked", "required"


def check_app_url(value: object) -> str:
    """Return what is wrong with the address that takes the token. Its origin enters a page's policy as it stands."""
    text = str(value)
    if not ADDRESS.fullmatch(text):
        return "Write it like https://app.example.com/api/impersonation: nothing behind the path."
    if text.startswith("http:") and not is_loopback(urlsplit(text).hostname or ""):
        return "It has to start with https://, since the token is sent there."
    return ""


SECTION = SettingsSection(
    name="impersonation",
    title="Signing in as a customer",
    description="Where the customer app takes members of the team who look at it through a customer's eyes.",
    icon="eye",
    order=30,
    guide="docs/integrations/impersonation.md shows what the customer app needs for it.",
    fields=(
        SettingField(
            name="app_url",
            label="Address in the customer app",
            kind="url",
            required=True,
            check=check_app_url,
            help="Takes the one-time token by POST, e.g. https://app.example.com/api/impersonation.",
        ),
        SettingField(
            name="minutes",
            label="Minutes",
            kind="number",
            default=15,
            least=1,
            most=30,
            help="After so many minutes a visit ends by itself.",
        ),
        SettingField(
            name="consent",
            label="Agreement of the customer",
            kind="choice",
            default=ASKED,
            choices=(
                (OFF, "Need not be answered"),
                (ASKED, "Has to be answered"),
                (REQUIRED, "Without it nobody signs in as them"),
            ),
            help="Whether the customer agreed to be visited, as whoever asks for the visit says.",
        ),
    ),
)


@dataclass(frozen=True)
class Eyes:
    """Through whose eyes somebody wants to look."""

    customer: Customer
    person: Person | None
    """None: the customer signs in without people of their own."""
    is_staff: bool
    """Whether a member of the team is behind the account, by its note or by its e-mail address."""
    is_taken: bool = False
    """Whether another record had the key by which they sign in before."""
    is_gone: bool = False
    """Whether it was to be a person who is none of the customer's any more: then it is nobody, and not the customer."""

    @property
    def subject(self) -> str | None:
        """The key under which the customer app's sign-in knows them; None when it knows none."""
        return key_of(self.person or self.customer)


def key_of(known: Customer | Person) -> str | None:
    """Return the key under which the customer app's sign-in knows somebody; None when it knows none."""
    return known.auth_user_id or known.external_id


def why_not_customer(customer: Customer) -> str:
    """Return why nobody signs in as this customer, empty when somebody may."""
    whys = (
        (customer.is_internal, "This is a test or house account of ours."),
        (customer.erased_at is not None, "The personal data of this customer was erased."),
        (customer.restricted_at is not None, "Processing is restricted at the person's request."),
        (customer.merged_into_id is not None, "This record was merged into another: use that one."),
        (customer.closed_at is not None, "This account is closed."),
    )
    return next((why for applies, why in whys if applies), "")


def why_not_person(person: Person) -> str:
    """Return why nobody signs in as this person, empty when somebody may; their customer is asked apart."""
    return "This person may not sign in themselves." if person.deactivated_at is not None else ""


def why_not(eyes: Eyes) -> str:
    """Return why nobody looks through these eyes, empty when somebody may."""
    if why := why_not_customer(eyes.customer) or (why_not_person(eyes.person) if eyes.person else ""):
        return why
    whys = (
        (eyes.is_gone, "This person was removed, or belongs to another customer now."),
        (eyes.is_staff, "Behind this account is a member of our team."),
        (not eyes.subject, "The customer app's sign-in does not know them: no key of theirs is recorded."),
        (eyes.is_taken, TAKEN),
    )
    return next((why for applies, why in whys if applies), "")


def why_not_agreed(consent: str, answer: str | None) -> str:
    """Return why a visit needs another answer about the customer's agreement, empty when it does not."""
    if consent != OFF and answer not in AGREED:
        return "Say whether the customer agreed to this visit."
    if consent == REQUIRED and answer != "yes":
        return "Nobody is visited who did not agree. Ask them in the ticket first."
    return ""


def why_not_ticket(ticket: Ticket | None) -> str:
    """Return why a ticket of the customer, None for none, serves no visit; empty when it does."""
    if ticket is None:
        return "The ticket is not one of this customer."
    return "The ticket is closed: nothing is left to look at." if ticket.status in DONE_WITH else ""


def state_of(row: Impersonation, now: datetime) -> State:
    """Return where an impersonation stands."""
    if row.ended_at is not None or now >= over_at(row):
        return "over"
    if row.token_hash is None:
        return "ready"
    return "opening" if row.redeemed_at is None else "live"


def over_at(row: Impersonation) -> datetime:
    """Return when it ends by itself as things stand: half-open, at that moment it is over."""
    if row.token_expires_at is None:
        return row.issued_at + OPENS_FOR[row.mode]
    if row.redeemed_at is None:
        return row.token_expires_at
    return row.session_expires_at or row.token_expires_at


def claims(row: Impersonation, eyes: Eyes, ticket: Ticket, app_url: str, now: datetime) -> dict[str, Any]:
    """Return what the token says: keys alone, nothing personal, and not the reason."""
    assert row.session_expires_at is not None  # it is being opened
    at = int(now.timestamp())
    return {
        "iss": ISSUER,
        "aud": audience(app_url),
        "sub": eyes.subject,
        "act": {"sub": str(row.staff_id)},
        "jti": str(row.id),
        "iat": at,
        "nbf": at,
        "exp": at + int(TOKEN_LASTS.total_seconds()),
        "purpose": "impersonate",
        "mode": SHORT[row.mode],
        "tid": eyes.customer.external_id or str(eyes.customer.id),
        "ticket": str(ticket.number),
        "smax": int((row.session_expires_at - now).total_seconds()),
    }


def audience(app_url: str) -> str:
    """Return whom the token is for: the origin of the customer app, so that no other environment takes it."""
    parts = urlsplit(app_url)
    return f"{parts.scheme}://{parts.netloc}"


def why_not_endable(row: Impersonation) -> str:
    """Return why there is nothing to end."""
    return "It has ended." if row.ended_at is not None else ""


LIVE = (("f.ended_at.empty", "1"), ("f.redeemed_at.filled", "1"))
"""The filters of those that the customer app let in and nobody has ended."""


def live(now: datetime) -> tuple[tuple[str, str], ...]:  # noqa: ARG001 (what waits is asked by the moment)
    """Return the filters of those that are live."""
    return LIVE

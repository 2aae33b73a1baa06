"""Password resets: whose, how often, by which service, and what is said when it can't be."""

from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from admin_core.contributions import Belonging, SettingField, SettingsSection
from admin_core.setting_fields import Value, check_api_address
from schema.customers import Customer, CustomerStatus, Person
from schema.password_resets import PasswordReset, PasswordResetState

MOST, WITHIN = 3, timedelta(hours=1)
RESETS = Belonging(
    rows="password_resets",
    columns=(
        "state", "kind", "requested_at", "requested_by_id", "person_id", "reason", "password_changed_at", "finished_at",
        "problem",
    ),
    newest="requested_at",
)  # fmt: skip
IN_TIMELINE = replace(RESETS, columns=("kind", "state", "problem"))


@dataclass(frozen=True)
class Account:
    """An account of the sign-in service, as we know it."""

    auth_user_id: str | None = None
    """Its key over there."""
    email: str | None = None
    """Where to write when there is no key."""
    person_id: UUID | None = None
    """Whose it is, when it is not the customer's own."""


GONE = "The person it was about was removed since: it is about nobody else."


def account_of(customer: Customer, person: Person | None) -> Account:
    """Return the account that a person signs in with; without one, the customer's own."""
    if person is not None:
        return Account(person.auth_user_id, person.email, person.id)
    return Account(customer.auth_user_id, customer.email)


def why_not(customer: Customer, person: Person | None) -> str:
    """Return why neither a customer's password nor that of a person of theirs can be reset, empty when it can."""
    return why_not_customer(customer) or (why_not_person(person) if person else "")


def is_about_nobody(reset: PasswordReset) -> bool:
    """Return whether a reset was about a person who was removed since."""
    return reset.about_person and reset.person_id is None


def why_not_customer(customer: Customer) -> str:
    """Return why a customer's password can't be reset, empty when it can."""
    if customer.status is CustomerStatus.CLOSED or customer.erased_at is not None:
        return "This account is closed: there is no password to reset."
    return "This record is a duplicate that was merged: use the one that remains." if customer.merged_into_id else ""


def why_not_person(person: Person) -> str:
    """Return why a person's password can't be reset, empty when it can."""
    return "This person may not sign in any more." if person.deactivated_at is not None else ""


def why_not_again(reset: PasswordReset) -> str:
    """Return why a reset is not to be tried again, empty when it is."""
    if reset.state is not PasswordResetState.FAILED:
        return "Only what failed is tried again."
    return GONE if is_about_nobody(reset) else ""


def too_many(asked: int) -> str:
    """Return why no further reset may be asked for within the hour, empty when one may."""
    if asked < MOST:
        return ""
    return f"{asked} resets were asked for this customer within an hour; {MOST} are the most."


def check_redirect(value: Value) -> str:
    """Return what is wrong with the address a link leads to."""
    return "" if urlsplit(str(value)).scheme == "https" else "It has to start with https://."


SIGN_IN = SettingsSection(
    name="supabase-auth",
    title="Supabase Auth",
    description="The customer app's sign-in service: resets passwords and sends the e-mails for it.",
    icon="lock",
    order=62,
    guide="supabase.com, the project, Project settings: the URL stands under Data API, the key under API keys (a secret"
    " key, or the service_role key). It may do everything in the project: it is kept encrypted, and only workers open"
    " it.",
    fields=(
        SettingField(name="service_key", label="Secret key", kind="secret", required=True),
        SettingField(
            name="project_url",
            label="Project URL",
            kind="url",
            required=True,
            check=check_api_address,
            help="https://….supabase.co; the key is sent there.",
        ),
        SettingField(
            name="redirect_to",
            label="Where the e-mail's link leads",
            kind="url",
            check=check_redirect,
            help="The customer app's page for a new password; it must be among the redirect URLs that Supabase allows."
            " Empty: the project's Site URL.",
        ),
    ),
    test="plugins.customers.clients.sign_in.check",
    reaches="project_url",
)

"""What is counted as an error, when it is more than before, and when a store that grows will be full."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import exp, lgamma, log
from urllib.parse import urlsplit

from admin_core.contributions import Belonging, Health, SettingField, SettingsSection, Value
from admin_core.setting_fields import Value as Entered
from admin_core.setting_fields import api_address, dashboard_url
from admin_core.theme.formats import bytes_, duration

PER = 1000
ERRORS_MET = Belonging(
    rows="error_events",
    columns=("occurred_at", "level", "kind", "route", "issue_id"),
    newest="occurred_at",
)
LONGEST_FORECAST = 3650
"""Days. Farther away a forecast says nothing."""
FETCHED_EVERY, SAMPLED_EVERY, NEAR_LIMIT = timedelta(hours=2), timedelta(days=3), timedelta(days=90)
FEW_FAILURES = 0.1
UNLIKELY, FEWEST, MOST = 1e-4, 10, 5_000
"""An hour of errors is a spike below this chance, from so many on; beyond the last number nobody needs the sum."""
SENTRY_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
PROJECT_REFERENCE = re.compile(r"[a-z]{20}")


def error_rate(errors: Decimal, acts: Decimal) -> Value:
    """Return the errors per thousand things that customers did; not defined where nobody did anything."""
    if not acts:
        return Value(amount=None, note="Nobody used the product, so there is no rate.")
    return Value(amount=errors * PER / acts, n=int(acts), note="Errors for each 1 000 things done.")


def hours_compared(now: datetime, weeks: int = 4) -> tuple[datetime, list[datetime]]:
    """Return the running hour of the clock, and the same hour of the week in the weeks before, the newest first."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour, [hour - timedelta(weeks=back) for back in range(1, weeks + 1)]


def chance_of(count: int, before: Sequence[int]) -> float:
    """Return how likely as many, or more, are in an hour whose like brought these counts before.

    Gamma-Poisson: what is expected is itself only known from a few hours, so one quiet month does not make ten errors
    impossible. The prior, Gamma(1, 1/4), is worth a quarter of an hour.
    """
    if count <= 0:
        return 1.0
    shape, rate = 1 + sum(before), 0.25 + len(before)
    stay, come = log(rate / (rate + 1)), -log(rate + 1)
    below = sum(
        exp(lgamma(shape + k) - lgamma(shape) - lgamma(k + 1) + shape * stay + k * come)
        for k in range(min(count, MOST))
    )
    return max(0.0, 1 - below)


def is_spike(count: int, before: Sequence[int]) -> bool:
    """Return whether an hour has far more errors than its like, and enough of them to get up for."""
    return count >= FEWEST and chance_of(count, before) <= UNLIKELY


def full_on(sizes: Sequence[tuple[date, int]], limit: int | None) -> date | None:
    """Return the day on which a limit is reached at the average growth of these days; None when it never is.

    A straight line through the first and the last size: few figures, and nobody needs a finer guess years ahead.
    A limit that is reached already is reached on the last of the days.
    """
    if limit is None or not sizes:
        return None
    (first, start), (last, size) = sizes[0], sizes[-1]
    if size >= limit:
        return last
    growth = size - start
    if growth <= 0:
        return None
    days = -(-(limit - size) * (last - first).days // growth)
    return last + timedelta(days=days) if days <= LONGEST_FORECAST else None


def fetch_health(boxes: int, fetches: tuple[int, int, datetime | None], now: datetime) -> Health:
    """Return how fetching mail stands, over the last day: the newest fetch and the share that failed."""
    count, failed, newest = fetches
    if not boxes:
        return Health("unknown", "No mailbox is to be fetched.")
    if newest is None:
        return Health("failing", f"Nothing was fetched from {boxes} mailboxes in 24 hours: is a worker running?")
    if now - newest > FETCHED_EVERY:
        return Health("failing", f"The newest fetch began {duration((now - newest).total_seconds())} ago.")
    if failed > count * FEW_FAILURES:
        return Health("warning", f"{failed} of {count} fetches failed in 24 hours.")
    return Health("ok", f"{count} fetches in 24 hours, {failed} failed.")


def growth_health(sizes: Sequence[tuple[date, int, int | None]], today: date) -> Health:
    """Return how the database grows, and whether it reaches what is paid for within three months."""
    if not sizes or today - sizes[-1][0] > SAMPLED_EVERY:
        return Health("unknown", "Its size was not noted lately.")
    (first, before, _), (last, size, limit) = sizes[0], sizes[-1]
    holds = f"It holds {bytes_(size)}"
    if limit is not None and size >= limit:
        return Health("warning", f"{holds}: its limit of {bytes_(limit)} is reached.")
    if first == last:
        return Health("unknown", f"{holds}; its growth is known after two days.")
    said = f"{holds} and grows by {bytes_(round((size - before) / (last - first).days))} a day."
    full = full_on([(day, bytes_then) for day, bytes_then, _ in sizes], limit)
    if limit is None or full is None or full - today >= NEAR_LIMIT:
        return Health("ok", said)
    return Health("warning", f"{said} It reaches {bytes_(limit)} in {max(0, (full - today).days)} days.")


def check_sentry_name(value: Entered) -> str:
    """Return what is wrong with the short name of an organisation."""
    return "" if SENTRY_NAME.fullmatch(str(value)) else "Write the short name as it stands in addresses: hireinbox."


def check_project_reference(value: Entered) -> str:
    """Return what is wrong with a project's reference."""
    if PROJECT_REFERENCE.fullmatch(str(value)):
        return ""
    return "The reference is the 20 small letters in the project's address, before .supabase.co."


def check_database_address(value: Entered) -> str:
    """Return what is wrong with the address of a PostgreSQL database. The address itself is a secret."""
    try:
        parts = urlsplit(str(value))
        known = parts.scheme in {"postgresql", "postgres"} and parts.hostname and (parts.port or True)
    except ValueError:
        known = False
    return "" if known else "Copy the whole connection string; it starts with postgresql:// and names a host."


def check_team(value: Entered) -> str:
    """Return what is wrong with a team's id."""
    return "" if str(value).startswith("team_") else "A team's id starts with team_."


def check_project(value: Entered) -> str:
    """Return what is wrong with a project's id."""
    return "" if str(value).startswith("prj_") else "A project's id starts with prj_."


SENTRY = SettingsSection(
    name="sentry",
    title="Sentry",
    description="Errors: reads the issues that the customer app reported to Sentry.",
    icon="bug",
    order=50,
    guide="Sentry, Settings, Developer settings, Internal integrations: make one that may read issues and events"
    " (event:read) and copy its token.",
    fields=(
        SettingField(name="token", label="Token", kind="secret", required=True),
        SettingField(
            name="organization",
            label="Organisation",
            required=True,
            check=check_sentry_name,
            longest=64,
            help="The short name in Sentry's addresses.",
        ),
        api_address("Sentry", "https://sentry.io"),
        dashboard_url("Sentry", "https://sentry.io/"),
    ),
    test="plugins.health.clients.check_sentry",
    reaches="api_address",
    setup=True,
)
SUPABASE = SettingsSection(
    name="supabase",
    title="Supabase",
    description="Health and usage of the customer app's project: its services, disk and add-ons.",
    icon="database",
    order=60,
    guide="supabase.com, Account preferences, Access tokens: make one that reaches this project only, where the page"
    " offers that. The reference stands in the project's address.",
    fields=(
        SettingField(name="access_token", label="Access token", kind="secret", required=True),
        SettingField(
            name="project", label="Project reference", required=True, check=check_project_reference, longest=20
        ),
        api_address("Supabase", "https://api.supabase.com"),
        dashboard_url("Supabase", "https://supabase.com/dashboard"),
    ),
    test="plugins.health.clients.check_supabase",
    reaches="api_address",
    setup=True,
)
SUPABASE_DATABASE = SettingsSection(
    name="supabase-database",
    title="Supabase database",
    description="The customer app's own PostgreSQL, for its connection, size and growth.",
    icon="server",
    order=61,
    guide="supabase.com, the project, Connect: the session pooler's connection string, with a user of your own that may"
    " only read (not postgres, not the service key).",
    fields=(
        SettingField(
            name="database_url",
            label="Connection string",
            kind="secret",
            required=True,
            check=check_database_address,
            help="It holds the password: after it is saved it is not shown again.",
        ),
    ),
    test="plugins.health.clients.check_database",
)
VERCEL = SettingsSection(
    name="vercel",
    title="Vercel",
    description="Deployments of the customer app, and what they cost.",
    icon="rocket",
    order=70,
    guide="vercel.com, Account settings, Tokens: make one for the team. Team and project ids stand in their General"
    " settings.",
    fields=(
        SettingField(name="token", label="Token", kind="secret", required=True),
        SettingField(name="team", label="Team id", check=check_team, longest=80, help="Empty for a personal account."),
        SettingField(name="project", label="Project id", check=check_project, longest=80, help="Empty: all projects."),
        api_address("Vercel", "https://api.vercel.com"),
        dashboard_url("Vercel", "https://vercel.com/dashboard"),
    ),
    test="plugins.health.clients.check_vercel",
    reaches="api_address",
    setup=True,
)
REGISTRAR = SettingsSection(
    name="registrar",
    title="Domain registrar",
    description="Where the company's domain names are kept.",
    icon="world",
    order=80,
    # Every registrar has its own address; the .za registry names the one of a domain.
    fields=(dashboard_url("the domain registrar", "https://www.registry.net.za/"),),
)
SECTIONS = (SENTRY, SUPABASE, SUPABASE_DATABASE, VERCEL, REGISTRAR)
"""What the settings page asks for on behalf of health."""

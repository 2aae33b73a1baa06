"""What the figures of finance mean, as decisions over values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from admin_core.contributions import Filters, SettingField, SettingsSection
from admin_core.periods import Days
from admin_core.setting_fields import Value, api_address, dashboard_url

CURRENCY = "ZAR"
"""What we report in."""
ADDS_CUSTOMERS, TAKES_CUSTOMERS = ("new", "reactivation"), ("churn",)


@dataclass(frozen=True)
class Moved:
    """How recurring revenue moved in a month by movements of one kind; churn and contraction are negative."""

    month: date
    kind: str
    cents: int
    count: int


@dataclass(frozen=True)
class Spent:
    """What providers billed for one UTC day in one currency."""

    day: date
    currency: str
    amount: Decimal


Rates = Mapping[str, Sequence[tuple[date, Decimal]]]
"""By currency: days in order, each with the rand paid for one unit."""


def past_due(_now: datetime) -> Filters:
    """Return the filters for subscriptions whose last charge failed and whose grace runs."""
    return (("f.status.eq", "past_due"),)


def closes(now: int, by_month: Mapping[date, int], months: Sequence[date]) -> list[int]:
    """Return the value at the end of each month, counted back from now: close = next close - movement of the next."""
    found = [now]
    for month in reversed(months[1:]):
        found.append(found[-1] - by_month.get(month, 0))
    return found[::-1]


def net_cents(moved: Iterable[Moved]) -> dict[date, int]:
    """Return by month how much recurring revenue moved; transfers between plans cancel out."""
    found: dict[date, int] = {}
    for part in moved:
        found[part.month] = found.get(part.month, 0) + part.cents
    return found


def net_count(moved: Iterable[Moved]) -> dict[date, int]:
    """Return by month how many more began to pay than stopped."""
    signs = {**dict.fromkeys(ADDS_CUSTOMERS, 1), **dict.fromkeys(TAKES_CUSTOMERS, -1)}
    found: dict[date, int] = {}
    for part in moved:
        found[part.month] = found.get(part.month, 0) + signs.get(part.kind, 0) * part.count
    return found


def within(by_day: Mapping[date, int], days: Days) -> int:
    """Return the sum of the days of a half-open range."""
    return sum(value for day, value in by_day.items() if days[0] <= day < days[1])


def by_currency(spent: Iterable[Spent], days: Days) -> dict[str, Decimal]:
    """Return what was spent in a half-open range of days, per currency; no row at all is no key, never 0."""
    found: dict[str, Decimal] = {}
    for part in spent:
        if days[0] <= part.day < days[1]:
            found[part.currency] = found.get(part.currency, Decimal(0)) + part.amount
    return found


def rate_on(rates: Sequence[tuple[date, Decimal]], day: date) -> Decimal | None:
    """Return the rate of a day, or of the last day before it that has one; None when there is none."""
    known = [rate for known_day, rate in rates if known_day <= day]
    return known[-1] if known else None


def in_rand(spent: Iterable[Spent], rates: Rates, days: Days) -> Decimal | None:
    """Return the sum in rand at the rate of each day, unrounded; None when any day has no rate."""
    total = Decimal(0)
    for part in spent:
        if not days[0] <= part.day < days[1]:
            continue
        rate = Decimal(1) if part.currency == CURRENCY else rate_on(rates.get(part.currency, ()), part.day)
        if rate is None:
            return None
        total += part.amount * rate
    return total


def check_gateway_key(value: Value) -> str:
    """Return what is wrong with a secret key of Yoco."""
    if str(value).startswith(("sk_live_", "sk_test_")):
        return ""
    return "A secret key of Yoco starts with sk_live_ (or sk_test_, which takes no real money)."


def check_signing_secret(value: Value) -> str:
    """Return what is wrong with the secret that Yoco signs its messages with."""
    return "" if str(value).startswith("whsec_") else "It starts with whsec_; Yoco shows it when a webhook is made."


def check_admin_key(value: Value) -> str:
    """Return what is wrong with an admin key of OpenAI."""
    if str(value).startswith("sk-admin-"):
        return ""
    return "An admin key starts with sk-admin-. An ordinary key (sk-proj-) can't read costs."


YOCO = SettingsSection(
    name="yoco",
    title="Yoco",
    description="Payments: asks Yoco about checkouts and refunds, and knows which of its messages are genuine.",
    icon="credit-card",
    order=30,
    guide="Yoco app, Selling online, Payment gateway: copy the secret key. The signing secret is shown once, when a"
    " webhook is registered.",
    fields=(
        SettingField(name="secret_key", label="Secret key", kind="secret", required=True, check=check_gateway_key),
        SettingField(
            name="webhook_secret",
            label="Signing secret",
            kind="secret",
            check=check_signing_secret,
            help="Without it incoming messages about payments are refused.",
        ),
        api_address("Yoco", "https://payments.yoco.com"),
        dashboard_url("Yoco", "https://app.yoco.com/"),
    ),
    test="plugins.finance.clients.check_yoco",
    reaches="api_address",
    setup=True,
)
OPENAI = SettingsSection(
    name="openai",
    title="OpenAI",
    description="Costs: reads each day what OpenAI bills. It can't be used to screen CVs.",
    icon="robot",
    order=40,
    guide="platform.openai.com, Settings, Organization, Admin keys: an owner of the organisation makes one with"
    " read access to usage.",
    fields=(
        SettingField(name="admin_key", label="Admin key", kind="secret", required=True, check=check_admin_key),
        api_address("OpenAI", "https://api.openai.com"),
        dashboard_url("OpenAI usage", "https://platform.openai.com/usage"),
    ),
    test="plugins.finance.clients.check_openai",
    reaches="api_address",
    setup=True,
)
SECTIONS = (YOCO, OPENAI)
"""What the settings page asks for on behalf of finance."""
PAID, REFUND_PAID, REFUND_FAILED = "payment.succeeded", "refund.succeeded", "refund.failed"
NEWS = frozenset({PAID, REFUND_PAID, REFUND_FAILED})
"""What Yoco tells us. There is no word for a payment that failed."""


@dataclass(frozen=True)
class News:
    """What the gateway says happened, as far as it could be read."""

    kind: str
    reference: str
    """The gateway's id of the payment or refund."""
    checkout: str
    amount_cents: int | None
    currency: str
    mode: str
    sent_at: datetime | None


def yoco_news(document: Mapping[str, Any]) -> News:
    """Return what an event of Yoco says; empty where it says nothing."""
    payload = mapping(document.get("payload"))
    amount = payload.get("amount")
    return News(
        kind=str(document.get("type", "")),
        reference=str(payload.get("id", "")),
        checkout=str(mapping(payload.get("metadata")).get("checkoutId", "")),
        amount_cents=amount if isinstance(amount, int) and not isinstance(amount, bool) else None,
        currency=str(payload.get("currency", "")),
        mode=str(payload.get("mode", "")),
        sent_at=moment(document.get("createdDate")),
    )


def mapping(value: object) -> Mapping[str, Any]:
    """Return the value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def moment(value: object) -> datetime | None:
    """Return an instant; None for what is none, or names no zone."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


@dataclass(frozen=True)
class Booked:
    """A payment or refund as our books have it."""

    amount_cents: int
    currency: str
    mode: str
    status: str


RECEIVED = frozenset({"succeeded", "partly_refunded", "refunded", "disputed"})
"""States of a payment whose money we have had."""
CONFIRMED_BY = {PAID: RECEIVED, REFUND_PAID: frozenset({"succeeded"}), REFUND_FAILED: frozenset({"failed"})}


def difference(news: News, booked: Booked | None) -> str:
    """Return why the gateway's word does not confirm our books; empty when it does. Nothing is ever booked by it."""
    what = "payment" if news.kind == PAID else "refund"
    if booked is None:
        return f"We have no {what} with this reference."
    if (news.amount_cents, news.currency) != (booked.amount_cents, booked.currency):
        return f"The amount differs from our {what}'s."
    if news.mode != booked.mode:
        return f"The gateway says {news.mode or 'no'} mode, our {what} is in {booked.mode} mode."
    if booked.status not in CONFIRMED_BY[news.kind]:
        return f"Our {what} is {booked.status.replace('_', ' ')}: its state was not changed by this message."
    return ""

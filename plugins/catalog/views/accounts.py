"""Where an account stands and what it is entitled to, for the customer app. Nothing in it is personal."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from admin_core.api.calls import Call
from admin_core.api.models import Model
from admin_core.api.problems import not_found
from plugins.catalog.queries import accounts as queries
from plugins.catalog.rules import accounts as rules
from schema.catalog import FeatureKind, LimitPeriod
from schema.customers import CustomerStatus, ProductLine


class PlanName(Model):
    """A plan by its names."""

    key: str
    name: str
    seats: Annotated[int | None, Field(description="People allowed to sign in; null: any number.")]


class Account(Model):
    """Where an account stands."""

    id: UUID
    external_id: str | None
    product_line: ProductLine
    status: CustomerStatus
    reason: Annotated[str | None, Field(description="Why it is not simply active, in words for the customer.")]
    suspended_at: datetime | None
    restrictions: Annotated[
        list[rules.Restriction],
        Field(description="What its people may not do now: `sign_in`, or `new_work` such as screening a CV."),
    ]
    plan: PlanName | None
    trial_ends_at: datetime | None


class Entitlement(Model):
    """A feature, and what the account may use of it."""

    key: str
    name: str
    kind: FeatureKind
    unit: str | None
    included: bool
    source: Annotated[str, Field(description="`plan`, or `override` where something was set for this account.")]
    limit: Annotated[int | None, Field(description="Null: no limit, or not included.")]
    period: Annotated[LimitPeriod | None, Field(description="In which the limit counts.")]
    resets_at: datetime | None
    used: Annotated[int | None, Field(description="In this period; null where nobody counts.")]
    remaining: Annotated[int | None, Field(description="Null: no limit, or nobody counts.")]


class Entitlements(Model):
    """What an account is entitled to."""

    id: UUID
    external_id: str | None
    plan: PlanName | None
    features: list[Entitlement]


def shown(call: Call, external_id: str) -> Account:
    """Return where an account stands."""
    found = account(call, external_id)
    over = rules.is_trial_over(found.status, found.trial_ends_at, call.now)
    is_suspended = found.status is CustomerStatus.SUSPENDED
    return Account(
        id=found.id,
        external_id=found.external_id,
        product_line=found.product_line,
        status=found.status,
        reason=rules.reason(found.status, found.category, trial_over=over),
        suspended_at=found.suspended_at if is_suspended else None,
        restrictions=list(rules.restrictions(found.status, trial_over=over)),
        plan=plan_of(found),
        trial_ends_at=found.trial_ends_at,
    )


def entitlements(call: Call, external_id: str) -> Entitlements:
    """Return what an account is entitled to."""
    found, session = account(call, external_id), call.session
    features = queries.features_of(session, found)
    month = rules.month_around(call.now)
    billing = rules.billing_period(*queries.running_period(session, found.id), call.now)
    spans = {f.key: rules.span_of(f.limit_period or LimitPeriod.MONTH, month, billing) for f in features}
    counted = {f.key: (f.event_name, span) for f in features if f.event_name and (span := spans[f.key])}
    times = queries.used(session, found.id, counted.values())
    used = {key: times[each] for key, each in counted.items()}
    exceptions = queries.exceptions_of(session, found.id, call.now)
    return Entitlements(
        id=found.id,
        external_id=found.external_id,
        plan=plan_of(found),
        features=[entitlement(f, exceptions.get(f.key), spans[f.key], used.get(f.key)) for f in features],
    )


def account(call: Call, external_id: str) -> Any:
    """Return the account, or refuse as not found."""
    found = queries.account_named(call.session, external_id)
    if found is None:
        raise not_found("There is no such account for this key.")
    return found


def plan_of(found: Any) -> PlanName | None:
    """Return an account's plan."""
    return PlanName(key=found.plan_key, name=found.plan_name, seats=found.seats) if found.plan_key else None


def entitlement(feature: Any, exception: Any, span: rules.Span | None, used: int | None) -> Entitlement:
    """Return one feature with its limit and what is left; ``used`` is None where nobody counts."""
    may = rules.allowed(feature.is_included, feature.limit_value, exception.value if exception else None)
    is_limit = feature.kind is FeatureKind.LIMIT
    return Entitlement(
        key=feature.key,
        name=feature.name,
        kind=feature.kind,
        unit=feature.unit,
        included=may.is_included,
        source="override" if may.is_exception else "plan",
        limit=may.limit,
        period=feature.limit_period if is_limit else None,
        resets_at=span.end if span and is_limit else None,
        used=used,
        remaining=rules.remaining(may, used),
    )

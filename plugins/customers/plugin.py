"""Customers: who they are, in which product line, and how to find them."""

from sqlalchemy.orm import Session

from admin_core.contributions import (
    Action,
    Alert,
    ApiRoute,
    Contact,
    Job,
    Manifest,
    Page,
    Panel,
    Permission,
    RecordHeader,
    RowRule,
    Segment,
    SettingsSection,
    TimelineEntries,
    Waiting,
    WebhookEvent,
)
from admin_core.hookspecs import hookimpl
from admin_core.sources.intake import LARGEST_BODY
from plugins.customers.queries.accounts import own_account_rules, reasons_against
from plugins.customers.rules import impersonation as impersonation_rules
from plugins.customers.rules import merging
from plugins.customers.rules.accounts import SIGN_INS
from plugins.customers.rules.credits import SECTION as CREDITS
from plugins.customers.rules.duplicates import MERGE
from plugins.customers.rules.passwords import SIGN_IN
from plugins.customers.views import credits as of_credits
from plugins.customers.views import duplicates, notes, passwords, suspension
from plugins.customers.views import impersonation_parts as impersonation
from plugins.customers.views import merging_parts as of_merges

MANIFEST = Manifest(
    name="customers",
    title="Customers",
    description="Employers, job seekers and agencies: one list per product line.",
    icon="users",
    order=10,
)


@hookimpl
def register_segments() -> list[Segment]:
    return [
        Segment(
            model="customers",
            name="Employers",
            columns=("company_name", "email", "signup_at", "plan_id", "status"),
            filters=(("f.product_line.eq", "b2b"), merging.NOT_MERGED),
        ),
        Segment(
            model="customers",
            name="Job seekers",
            columns=("person_name", "email", "signup_at", "assessments_used"),
            filters=(("f.product_line.eq", "b2c"), merging.NOT_MERGED),
        ),
        Segment(
            model="customers",
            name="Agencies",
            columns=("company_name", "email", "plan_id", "status"),
            filters=(("f.product_line.eq", "recruiter"), merging.NOT_MERGED),
        ),
        *suspension.SEGMENTS,
        *impersonation.SEGMENTS,
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission("customers:sign_ins:read", "see when and from where a customer signed in"),
        Permission(MERGE, "see possible duplicates of customers, and make one record of two"),
        *suspension.PERMISSIONS,
        *notes.PERMISSIONS,
        *passwords.PERMISSIONS,
        *of_credits.PERMISSIONS,
        *impersonation.PERMISSIONS,
    ]


@hookimpl
def register_pages() -> list[Page]:
    return [
        Page(
            slug="duplicates",
            title="Duplicates",
            permission=MERGE,
            load=duplicates.all_duplicates,
            template="customers/duplicates.html",
            group="Customers",
            icon="copy",
        ),
        Page(
            slug="compare",
            title="Compare two customers",
            permission=MERGE,
            load=duplicates.compared,
            template="customers/compare.html",
            post=duplicates.told_apart,
            post_permission=MERGE,
            group="",
            icon="git-branch",
        ),
        *impersonation.PAGES,
    ]


@hookimpl
def register_actions() -> list[Action]:
    return [
        *of_merges.ACTIONS,
        *notes.ACTIONS,
        *passwords.ACTIONS,
        *suspension.ACTIONS,
        *of_credits.ACTIONS,
        *impersonation.ACTIONS,
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [*suspension.JOBS, *passwords.JOBS, *of_credits.JOBS, *impersonation.JOBS, *of_merges.JOBS]


@hookimpl
def register_settings() -> list[SettingsSection]:
    return [SIGN_IN, CREDITS, impersonation_rules.SECTION]


@hookimpl
def register_alerts() -> list[Alert]:
    return [*suspension.ALERTS, *impersonation.ALERTS]


@hookimpl
def register_webhook_events() -> list[WebhookEvent]:
    return list(suspension.EVENTS)


@hookimpl
def record_header() -> list[RecordHeader]:
    return [RecordHeader("customers", ("product_line", "status", "signup_at"))]


@hookimpl
def record_panels() -> list[Panel]:
    return [
        Panel(
            slug="sign-ins",
            title="Last 10 sign-ins",
            model="customers",
            permission="customers:sign_ins:read",
            belonging=SIGN_INS,
            order=60,
        ),
        *of_merges.PANELS,
        *notes.PANELS,
        *suspension.PANELS,
        *passwords.PANELS,
        *of_credits.PANELS,
        *impersonation.PANELS,
    ]


@hookimpl
def timeline_entries() -> list[TimelineEntries]:
    return [
        TimelineEntries(
            slug="sign-ins",
            label="Sign-in",
            model="customers",
            permission="customers:sign_ins:read",
            belonging=SIGN_INS,
            icon="login",
        ),
        *of_merges.KINDS,
        *notes.KINDS,
        *suspension.KINDS,
        *passwords.KINDS,
        of_credits.TIMELINE,
        *impersonation.TIMELINE,
    ]


@hookimpl
def register_waiting() -> list[Waiting]:
    return list(impersonation.WAITING)


@hookimpl
def register_row_rules() -> list[RowRule]:
    return own_account_rules()


@hookimpl
def may_contact(session: Session, contact: Contact) -> list[str]:
    return reasons_against(session, contact)


@hookimpl
def register_api() -> list[ApiRoute]:
    return [
        ApiRoute(
            method="POST",
            path="/customers",
            summary="Send customers",
            description="New ones are made, known ones changed in the members that were sent."
            " Status, plan, trial and sign-up are taken of new ones only. `plan` is the key of a plan.",
            run="plugins.customers.views.rows.take_customers",
            scope="customers:write",
            scope_label="send customers",
            creates=("customers",),
            edits=("customers",),
            largest_body=LARGEST_BODY,
            statements=40,
        ),
        ApiRoute(
            method="POST",
            path="/people",
            summary="Send people of customers",
            description="`customer` is the `external_id` of the customer they belong to.",
            run="plugins.customers.views.rows.take_people",
            scope="people:write",
            scope_label="send people of customers",
            creates=("people",),
            edits=("people",),
            largest_body=LARGEST_BODY,
            statements=40,
        ),
        *of_credits.ROUTES,
        *impersonation.ROUTES,
    ]

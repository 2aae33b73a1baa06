"""The contract between core and its plugins: every hook, and nothing else.

Names tell when a hook runs:  register_*  once, at start-up; returns a list. So do the parts of a record's page
                              (record_*, timeline_*), which core loads when somebody gets there.
                              may_*         when something is about to happen; returns what speaks against it.
Implement what you need, take only the arguments you use; None means "nothing from me".
"""

import pluggy
from sqlalchemy.orm import Session

from admin_core.contributions import (
    Action,
    Actives,
    Alert,
    ApiRoute,
    Contact,
    Dashboard,
    Demo,
    Figure,
    HealthCheck,
    IncomingHook,
    Job,
    Link,
    MailTemplate,
    Page,
    Panel,
    Permission,
    RecordHeader,
    Rollup,
    RowRule,
    Segment,
    Service,
    SettingsSection,
    TimelineEntries,
    Waiting,
    WebhookEvent,
)

PROJECT = "hireinbox_admin"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


# --- Once, at start-up ------------------------------------------------------------
@hookspec
def register_links() -> list[Link]:
    """Entries of the Links menu."""


@hookspec
def register_demo() -> list[Demo]:
    """How to fill an empty demo database."""


@hookspec
def register_segments() -> list[Segment]:
    """Lists that everybody finds as tabs above a model's records."""


@hookspec
def register_waiting() -> list[Waiting]:
    """What may wait for a decision: lines on top of home, each counted when somebody opens it."""


@hookspec
def register_figures() -> list[Figure]:
    """Numbers with a name and one definition, for home, cards, charts, reports and alerts."""


@hookspec
def register_dashboards() -> list[Dashboard]:
    """Pages of cards, each loaded after the page and failing on its own."""


@hookspec
def register_rollups() -> list[Rollup | Actives]:
    """Numbers kept by day, so that a figure never reads a whole table; core keeps them equal to the rows."""


@hookspec
def register_permissions() -> list[Permission]:
    """Words that roles may grant; every permission a plugin asks for is one of them."""


@hookspec
def register_row_rules() -> list[RowRule]:
    """Which rows of a model are hidden from whom, on every path; in force while the plugin is loaded."""


@hookspec
def register_pages() -> list[Page]:
    """Pages of the plugin's own, with an entry in the sidebar."""


@hookspec
def register_actions() -> list[Action]:
    """Verbs on records, of any model."""


@hookspec
def register_services() -> list[Service]:
    """Changes that other plugins may have done, by name and within their own transaction."""


@hookspec
def record_header() -> list[RecordHeader]:
    """Which of a record's own columns stand at the top of its page."""


@hookspec
def record_panels() -> list[Panel]:
    """Boxes on a record's page, each loaded by itself when somebody gets there."""


@hookspec
def timeline_entries() -> list[TimelineEntries]:
    """Kinds of what happened to a record, merged into its timeline."""


@hookspec
def register_jobs() -> list[Job]:
    """Functions that workers run, on a clock or when asked. They must be safe to run twice."""


@hookspec
def register_health_checks() -> list[HealthCheck]:
    """Questions about the plugin's own part, answered on the system page."""


@hookspec
def register_alerts() -> list[Alert]:
    """Conditions that core watches every minute, and tells people about."""


@hookspec
def register_settings() -> list[SettingsSection]:
    """What the settings page asks for on behalf of the plugin, and how an integration is tested."""


@hookspec
def register_mail_templates() -> list[MailTemplate]:
    """The e-mails that the plugin may ask for, each with its class, its words and its variables."""


@hookspec
def register_webhooks() -> list[IncomingHook]:
    """Outside services that send us signed messages, and what is done with each."""


@hookspec
def register_webhook_events() -> list[WebhookEvent]:
    """What other programs may be told about by signed messages of ours."""


@hookspec
def register_api() -> list[ApiRoute]:
    """Operations of ``/api/v1`` for programs that hold a key."""


# --- When something is about to happen ---------------------------------------------
@hookspec
def may_contact(session: Session, contact: Contact) -> list[str]:
    """Why a message must not be sent now, each reason as a short word such as ``no-consent``; none means it may.

    Asked in the transaction that hands the message over, for every class but internal. Any reason stops the message.
    """

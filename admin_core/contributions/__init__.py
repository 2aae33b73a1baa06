"""What plugins return: frozen data that core wires. Nothing here knows Flask, RQ or a business word."""

from admin_core.contributions.alerts import Alert, Reading
from admin_core.contributions.figures import (
    Card,
    Dashboard,
    Drawn,
    Figure,
    Number,
    Picture,
    Rows,
    Trend,
    Unit,
    Value,
)
from admin_core.contributions.mail import Contact, Letter, MailClass, MailTemplate
from admin_core.contributions.outline import (
    Demo,
    Filters,
    Health,
    HealthCheck,
    Link,
    Manifest,
    Permission,
    Segment,
    Waiting,
)
from admin_core.contributions.pages import (
    Action,
    ActionRefused,
    Done,
    Effects,
    HandOver,
    Page,
    Question,
    Service,
    Visit,
)
from admin_core.contributions.programs import ApiRoute, Handled, IncomingHook, Protocol, WebhookEvent
from admin_core.contributions.records import Belonging, Panel, PanelTable, RecordHeader, TimelineEntries
from admin_core.contributions.rollups import Actives, Measure, Rollup
from admin_core.jobs.declared import Job
from admin_core.policy.rules import RowRule
from admin_core.setting_fields import SettingField, SettingsSection

__all__ = [
    "Action",
    "ActionRefused",
    "Actives",
    "Alert",
    "ApiRoute",
    "Belonging",
    "Card",
    "Contact",
    "Dashboard",
    "Demo",
    "Done",
    "Drawn",
    "Effects",
    "Figure",
    "Filters",
    "HandOver",
    "Handled",
    "Health",
    "HealthCheck",
    "IncomingHook",
    "Job",
    "Letter",
    "Link",
    "MailClass",
    "MailTemplate",
    "Manifest",
    "Measure",
    "Number",
    "Page",
    "Panel",
    "PanelTable",
    "Permission",
    "Picture",
    "Protocol",
    "Question",
    "Reading",
    "RecordHeader",
    "Rollup",
    "RowRule",
    "Rows",
    "Segment",
    "Service",
    "SettingField",
    "SettingsSection",
    "TimelineEntries",
    "Trend",
    "Unit",
    "Value",
    "Visit",
    "Waiting",
    "WebhookEvent",
]

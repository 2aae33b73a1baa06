"""What plugins return: frozen data that core wires. Nothing here knows Flask, RQ or a business word."""

from admin_core.contributions.mail import Contact, Letter, MailClass, MailTemplate
from admin_core.contributions.outline import (
    Demo,
    Filters,
    Health,
    HealthCheck,
    HomeTile,
    Link,
    Manifest,
    Permission,
    Segment,
    Waiting,
)
from admin_core.contributions.pages import Action, ActionRefused, Done, Effects, Page, Question, Visit
from admin_core.contributions.programs import ApiRoute, Handled, IncomingHook, WebhookEvent
from admin_core.jobs.declared import Job
from admin_core.setting_fields import SettingField, SettingsSection
from admin_core.theme.tiles import Tile

__all__ = [
    "Action",
    "ActionRefused",
    "ApiRoute",
    "Contact",
    "Demo",
    "Done",
    "Effects",
    "Filters",
    "Handled",
    "Health",
    "HealthCheck",
    "HomeTile",
    "IncomingHook",
    "Job",
    "Letter",
    "Link",
    "MailClass",
    "MailTemplate",
    "Manifest",
    "Page",
    "Permission",
    "Question",
    "Segment",
    "SettingField",
    "SettingsSection",
    "Tile",
    "Visit",
    "Waiting",
    "WebhookEvent",
]

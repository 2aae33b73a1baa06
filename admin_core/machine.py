"""What one process holds: settings, database, models, plugins, jobs, keys; and the session of the request at hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self, cast

from flask import Flask, current_app, g

from admin_core.alerts.registry import AlertRegistry
from admin_core.api.actions import API_ACTIONS
from admin_core.audit.recording import AuditLog
from admin_core.ciphers import Cipher
from admin_core.configuration.sections import declared_sections
from admin_core.contributions import Action, Service
from admin_core.dashboards.figures import Figures
from admin_core.database import Database, open_database
from admin_core.generator.action_registry import ActionRegistry, collected
from admin_core.generator.reading import model_key
from admin_core.generator.registry import Registry
from admin_core.imports.actions import IMPORT_ACTIONS
from admin_core.jobs.core_jobs import CORE_JOBS
from admin_core.jobs.declared import JobRegistry
from admin_core.jobs_screen.actions import JOB_ACTIONS
from admin_core.mail import templates as mail_templates
from admin_core.mail.actions import core_actions as mail_actions
from admin_core.mail.addresses import AddressHashes
from admin_core.mail.asking import Mailroom
from admin_core.plugin_loading import load_all
from admin_core.plugin_manager import Plugins
from admin_core.plugin_models import mappers_of
from admin_core.plugin_switches import Switches, switched_off
from admin_core.policy import Person, PolicySession, RowRule, declare
from admin_core.reflection.database import WRITING, open_reflected
from admin_core.reflection.models import Reflected
from admin_core.reflection.reflection import Reflection
from admin_core.reflection.writing import OutsideWriter
from admin_core.rollups.sources import Rollups
from admin_core.settings import Settings
from admin_core.settings_store import Sections
from admin_core.sources.actions import SOURCE_ACTIONS
from admin_core.sources.asking import watch
from admin_core.sources.mapping import read_source
from admin_core.webhooks.actions import WEBHOOK_ACTIONS
from admin_core.webhooks.registry import Webhooks
from schema.base import Base

EXTENSION = "admin_core"


@dataclass(frozen=True)
class Machine:
    """The parts that web, worker, scheduler and command line work with. One per process."""

    settings: Settings
    database: Database
    registry: Registry
    plugins: Plugins
    jobs: JobRegistry
    actions: ActionRegistry
    mailroom: Mailroom
    """What asking for an e-mail needs."""
    audit: AuditLog
    cipher: Cipher = field(repr=False)
    sections: Sections = field(default_factory=Sections)
    """What the settings page knows."""
    webhooks: Webhooks = field(default_factory=Webhooks)
    alerts: AlertRegistry = field(default_factory=AlertRegistry)
    """What core and plugins have watched."""
    reflection: Reflection | None = None
    """Tables of another database; None when none is reflected."""

    @classmethod
    def assemble(cls, settings: Settings, *, pool_size: int = 5, application: str = "hireinbox-admin") -> Self:
        """Return the parts: models loaded, plugins found, no connection opened yet."""
        from admin_core.alerts.core_alerts import core_alerts  # late: what core watches reaches for a machine itself

        database = open_database(settings.database_url, pool_size=pool_size, application=application)
        plugins = load_all(settings, Switches(partial(switched_off, database)))
        keys = (settings.secret_key, *settings.old_secret_keys)
        theirs = (job for answer in plugins.registered("register_jobs") for job in answer.items)
        jobs = JobRegistry.of([*CORE_JOBS, *theirs])
        actions = collected(plugins, core_actions(keys))
        declare(row_rules_of(plugins))
        audit = AuditLog.of(settings)
        reflection = reflected(settings, database, audit)
        if settings.source_write and settings.source_file:
            # Every table is known here: that a plugin is switched off must not keep the admin from starting.
            watch(database.engine, read_source(settings.source_file), Registry.of(Base), jobs["core.write-back"])
        return cls(
            settings=settings,
            database=database,
            registry=Registry.of(Base, partial(hidden_models, plugins, owners_of_models(plugins)), reflection),
            reflection=reflection,
            plugins=plugins,
            jobs=jobs,
            actions=actions,
            mailroom=Mailroom.of(settings, mail_templates.collected(plugins), jobs),
            audit=audit,
            cipher=Cipher(keys),
            sections=declared_sections(plugins, actions),
            webhooks=declared_webhooks(plugins),
            alerts=AlertRegistry.of(plugins, core_alerts(settings, plugins)),
        )

    @property
    def shown_sections(self) -> Sections:
        """The settings sections without those of plugins that are switched off."""
        return self.sections.without(self.plugins.switches.off())

    @property
    def figures(self) -> Figures:
        """The figures of plugins that are not switched off."""
        return Figures.of(self.plugins)

    @property
    def services(self) -> dict[str, Service]:
        """What plugins that are not switched off do for others, by its name."""
        return {each.slug: each for each in self.plugins.items("register_services")}

    @property
    def all_services(self) -> frozenset[str]:
        """The names of services, those included of plugins that are switched off."""
        return frozenset(each.slug for answer in self.plugins.registered("register_services") for each in answer.items)

    @property
    def rollups(self) -> Rollups:
        """What plugins have kept by day."""
        return Rollups.of(self.plugins)

    def install(self, app: Flask) -> None:
        """Make this the application's machine and close the session when a request ends."""
        app.extensions[EXTENSION] = self
        app.teardown_appcontext(close_session)


def reflected(settings: Settings, database: Database, audit: AuditLog) -> Reflection | None:
    """Return the tables of another database, with who writes them where that is wanted; None when there is none."""
    if not settings.reflect_url:
        return None
    found = Reflection.of(settings.reflect_url, settings.reflect_overlay)
    if settings.reflect_write:
        found.written = open_reflected(settings.reflect_url, options=WRITING)
        found.writer = OutsideWriter(found.written, database, audit, found)
    return found


def owners_of_models(plugins: Plugins) -> dict[str, str]:
    """Return the plugin of each model that a plugin brought, by the model's key."""
    running = [plugin for plugin in plugins if plugin.is_running]
    tables: list[tuple[Any, str]] = [(m.local_table, p.name) for p in running for m in mappers_of(p.package)]
    return {model_key(table): name for table, name in tables}


def hidden_models(plugins: Plugins, owners: dict[str, str]) -> frozenset[str]:
    """Return the models that are not shown now, because their plugin is switched off."""
    return frozenset(key for key, plugin in owners.items() if not plugins.is_on(plugin)) if owners else frozenset()


def row_rules_of(plugins: Plugins) -> list[RowRule]:
    """Return what plugins hide from whom: of those that are switched off, too, as nothing may come to light thereby."""
    return [rule for answer in plugins.registered("register_row_rules") for rule in answer.items]


def declared_webhooks(plugins: Plugins) -> Webhooks:
    """Return the webhooks of core and of all running plugins, and whose each incoming one is."""
    incoming = [(answer.plugin, hook) for answer in plugins.registered("register_webhooks") for hook in answer.items]
    events = [event for answer in plugins.registered("register_webhook_events") for event in answer.items]
    owners = {hook.source: plugin for plugin, hook in incoming}
    return replace(Webhooks.of([hook for _, hook in incoming], events), owners=owners)


def core_actions(keys: Sequence[str]) -> list[Action]:
    """Return the actions that core itself offers on its records."""
    return [
        *JOB_ACTIONS,
        *mail_actions(AddressHashes.of(keys)),
        *API_ACTIONS,
        *WEBHOOK_ACTIONS,
        *SOURCE_ACTIONS,
        *IMPORT_ACTIONS,
    ]


def machine() -> Machine:
    """Return the current application's machine."""
    return cast("Machine", current_app.extensions[EXTENSION])


def request_session(person: Person) -> PolicySession:
    """Return the request's one session, bound to the person, opened when first asked for."""
    if "session" not in g:
        g.session = person_session(machine(), person)
    return cast("PolicySession", g.session)


def person_session(parts: Machine, person: Person) -> PolicySession:
    """Return a session that answers for a person, over our database and the one that is reflected."""
    binds = {Reflected: parts.reflection.engine} if parts.reflection is not None else None
    return PolicySession(parts.database.engine, person=person, binds=binds)


def close_session(_error: BaseException | None = None) -> None:
    """Roll back what was not committed and give the connection back."""
    session: PolicySession | None = g.pop("session", None)
    if session is not None:
        session.close()

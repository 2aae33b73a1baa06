"""The Test buttons: a job asks the other side, writes down what came of it, and nothing of a secret with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core import settings_store as store
from admin_core.jobs.arguments import fingerprint, stored_arguments
from admin_core.setting_fields import SettingsSection, Value, Values
from admin_core.settings import Settings, is_loopback
from schema.jobs import Job, JobState
from schema.settings import IntegrationState, Setting

SLUG = "core.test-integration"
"""The job, declared among those of core."""
OPEN = (JobState.WAITING, JobState.RUNNING)
MASK = "•••"
LONGEST = 500
DEMO = "The demo calls nobody outside. Only an API address on this machine (http://localhost …) is tested here."


@dataclass(frozen=True)
class Running:
    """A test that was asked for and has not ended."""

    since: datetime
    has_begun: bool
    """False: it waits for a worker."""


def arguments(section: SettingsSection) -> dict[str, str]:
    """Return what the job of a section's test is asked with."""
    return {"section": section.name}


def running(session: Session, sections: Iterable[SettingsSection]) -> dict[str, Running]:
    """Return the tests that have not ended, by section. One statement."""
    keys = {fingerprint(SLUG, stored_arguments(arguments(section))): section.name for section in sections}
    statement = select(Job.unique_key, Job.created_at, Job.state)
    statement = statement.where(Job.unique_key.in_(keys), Job.state.in_(OPEN))
    return {
        keys[key]: Running(since, state is JobState.RUNNING)
        for key, since, state in session.execute(statement)
        if key is not None
    }


def forbidden(settings: Settings, section: SettingsSection, address: Value) -> str:
    """Return why this environment must not call the other side; empty when it may.

    ``address`` is the value of the field that the section ``reaches``.
    """
    if settings.env != "demo":
        return ""
    text = str(address or "")
    host = urlsplit(text).hostname if "//" in text else text
    return "" if section.reaches and is_loopback(host or "") else DEMO


def version_of(session: Session, section: SettingsSection) -> tuple[datetime | None, int]:
    """Return what changes whenever the section's settings do."""
    statement = select(func.max(Setting.updated_at), func.count()).where(Setting.section == section.name)
    newest, count = session.execute(statement).one()
    return newest, count


def record(session: Session, section: SettingsSection, ok: bool, sentence: str) -> IntegrationState:
    """Write down what came of a test."""
    state = store.integration(session, section.name)
    state.configured = store.is_configured(session, section)
    state.last_tested_at, state.last_test_ok = datetime.now(UTC), ok
    state.last_test_message = sentence
    return state


def without_secrets(sentence: str, section: SettingsSection, values: Values) -> str:
    """Return a sentence fit for everybody who sees the page, should a test have quoted what it was given."""
    secrets = [str(values[field.name]) for field in section.secrets if values.get(field.name)]
    for secret in sorted(secrets, key=len, reverse=True):
        sentence = sentence.replace(secret, MASK)
    return sentence.replace("\x00", "")[:LONGEST]

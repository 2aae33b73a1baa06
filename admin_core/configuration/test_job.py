"""The job behind the Test buttons. It runs in a worker, the only place that calls the outside."""

import logging

from admin_core import settings_store as store
from admin_core.configuration import testing
from admin_core.jobs.errors import JobFailed, origin, readable
from admin_core.jobs.run import JobRun
from admin_core.setting_fields import SettingsSection, Values
from admin_core.traces import trace_of

log = logging.getLogger(__name__)
CHANGED = "The settings were changed during the test. Test them again."


def integration_is_tested(run: JobRun) -> str:
    """The other side was asked whether the stored values work, and its answer is on the settings page."""
    section = section_of(run)
    with run.transaction() as session:
        version = testing.version_of(session, section)
        try:
            values: Values = store.read(session, run.machine.cipher, section)
        except store.UnreadableSecretError as problem:
            testing.record(session, section, ok=False, sentence=str(problem))
            return str(problem)
    ok, sentence = asked(run, section, values)
    with run.transaction() as session:
        store.lock(session, section)
        if testing.version_of(session, section) != version:
            return CHANGED
        testing.record(session, section, ok=ok, sentence=sentence)
    return sentence


def section_of(run: JobRun) -> SettingsSection:
    """Return the section the job is about; a plugin that was switched off meanwhile gets no secret to test."""
    name, sections = str(run.args["section"]), run.machine.shown_sections
    if name not in sections or sections[name].test is None:
        raise JobFailed(f"There is no test for {name} any more: its plugin may be disabled or switched off.")
    return sections[name]


def asked(run: JobRun, section: SettingsSection, values: Values) -> tuple[bool, str]:
    """Return whether the test succeeded, and its sentence."""
    if refusal := testing.forbidden(run.settings, section, values.get(section.reaches)):
        return False, refusal
    try:
        ok, sentence = True, section.test_function()(values)
    except Exception as error:  # noqa: BLE001 (whatever a test raises is its answer)
        failure = origin(error)
        log.info("the test of %s failed\n%s", section.name, trace_of(failure))
        ok, sentence = False, readable(failure)
    return ok, testing.without_secrets(sentence, section, values)

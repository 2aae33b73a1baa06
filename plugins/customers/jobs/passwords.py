"""Password resets, done by a worker: only it opens the key of the sign-in service."""

from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from admin_core import settings_store
from admin_core.jobs.errors import JobError, JobFailed
from admin_core.jobs.run import JobRun
from admin_core.setting_fields import Values
from plugins.customers.actions.passwords import note_changed, note_problem, note_sent
from plugins.customers.clients import sign_in
from plugins.customers.rules.passwords import GONE, SIGN_IN, Account, account_of, is_about_nobody
from schema.password_resets import PasswordReset, PasswordResetKind


def send_password_reset(run: JobRun) -> str:
    """The account's old password works no more, where that was asked for; the e-mail for a new one is on its way."""
    reset_id = UUID(run.args["reset"])
    try:
        values, account, kind = asked(run, reset_id)
        if kind is PasswordResetKind.RESET:
            run.external_step("password", lambda _key: sign_in.replace_password(values, account))
            run.step("changed", partial(note_changed, reset_id=reset_id, now=datetime.now(UTC)))
        run.external_step("email", lambda _key: sign_in.send_recovery(values, account))
    except (JobFailed, JobError) as problem:
        given_up = isinstance(problem, JobFailed) or run.claim.attempts + 1 >= run.claim.max_attempts
        with run.transaction() as session:
            note_problem(session, reset_id, str(problem), datetime.now(UTC) if given_up else None)
        raise
    run.step("sent", partial(note_sent, reset_id=reset_id, now=datetime.now(UTC)))
    return "The sign-in service sends the e-mail."


def asked(run: JobRun, reset_id: UUID) -> tuple[Values, Account, PasswordResetKind]:
    """Return what the reset needs; JobFailed says what is missing."""
    with run.transaction() as session:
        reset = session.get(PasswordReset, reset_id)
        if reset is None:
            raise JobFailed("The reset is gone: the customer's data was erased meanwhile.")
        if is_about_nobody(reset):
            raise JobFailed(GONE)
        values = settings_store.read(session, run.machine.cipher, run.machine.sections[SIGN_IN.name])
        if not (values.get("service_key") and values.get("project_url")):
            raise JobFailed("Supabase Auth is not set up: enter the project's URL and key under Settings.")
        return values, account_of(reset.customer, reset.person), reset.kind

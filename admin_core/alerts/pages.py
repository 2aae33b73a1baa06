"""Pages under ``/admin/alerts``: what fires, the number in the top bar, one incident and what is done about it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin_core.access import signed_in
from admin_core.alerts import channel_pages, handling, overview, rule_pages
from admin_core.alerts.asked import SEE_OTHER, UNPROCESSABLE, asked, done, note_deed
from admin_core.alerts.handling import Hand
from admin_core.alerts.incident_page import INCIDENTS, incident_page
from admin_core.alerts.overview import EDIT, HANDLE, READ, URL
from admin_core.contributions import ActionRefused
from admin_core.generator.errors import NotFound
from admin_core.generator.view import is_fragment
from admin_core.machine import machine
from admin_core.policy import Person, PolicySession
from admin_core.surfaces import admin, declare
from schema.alerts import AlertSilence

blueprint = Blueprint("alerts", __name__, url_prefix=URL)


def install(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(blueprint)
    app.register_blueprint(rule_pages.blueprint)
    app.register_blueprint(channel_pages.blueprint)
    declare(app, {f"{name}.*": admin(READ) for name in ("alerts", "alert_rules", "alert_channels")})


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show what fires, and how every rule stands."""
    person, session = asked()
    page = overview.alerts_page(session, datetime.now(UTC))
    return render_template("admin/alerts/index.html", page=page, **words_for(person))


@blueprint.get("/count")
def count() -> ResponseReturnValue:
    """Answer how many alerts fire: a number, or nothing."""
    _, session = asked()
    found = overview.bell_words(overview.count_firing(session))
    return found if is_fragment() else redirect(URL, SEE_OTHER)


@blueprint.get("/incident/<uuid:record>")
def incident(record: UUID) -> ResponseReturnValue:
    """Show an incident."""
    person, session = asked()
    return shown(person, session, record)


@blueprint.post("/incident/<uuid:record>/<any(acknowledge, assign, close, note, silence):deed>")
def handle(record: UUID, deed: str) -> ResponseReturnValue:
    """Acknowledge, assign, silence, note or close an incident."""
    person, session = asked(HANDLE, "handle alerts")
    found = handling.hold(session, record)
    if found is None:
        raise missing()
    do, word = handling.DEEDS[deed]
    hand = Hand(person, datetime.now(UTC), machine().settings.public_url, request.form.to_dict())
    try:
        sentence = do(session, found, hand)
    except ActionRefused as problem:
        session.rollback()
        return shown(person, session, record, deed, problem), UNPROCESSABLE
    note_deed(f"alerts.{word}", INCIDENTS, record)
    return done(session, sentence, f"{URL}/incident/{record}")


@blueprint.post("/silence/<uuid:record>/end")
def end_silence(record: UUID) -> ResponseReturnValue:
    """End a silence before its time."""
    _, session = asked(HANDLE, "handle alerts")
    silence, now = session.get(AlertSilence, record, with_for_update=True), datetime.now(UTC)
    if silence is None:
        raise NotFound("There is no such silence.", "It may have been ended by somebody else.")
    if silence.ends_at <= now:
        return done(session, "It was over already.", URL)
    silence.ends_at = now
    note_deed("alerts.silence-ended", "alert_silences", record)
    return done(session, "People are told again.", URL)


def shown(
    person: Person, session: PolicySession, record: UUID, deed: str = "", problem: ActionRefused | None = None
) -> str:
    """Return an incident's page; after a refusal with the reason beside its form."""
    found = overview.incident_of(session, record)
    if found is None:
        raise missing()
    spec = machine().registry.spec(INCIDENTS)
    page = incident_page(session, person, spec, found, datetime.now(UTC))
    people = overview.members(session) if person.has(HANDLE) else ()
    said = {"problem": problem, "refused": deed, "typed": request.form, "members": people, "spans": handling.SPANS}
    return render_template("admin/alerts/incident.html", page=page, **said, **words_for(person))


def words_for(person: Person) -> dict[str, Any]:
    """Return what every template of alerts needs."""
    return {
        "base": URL, "may_handle": person.has(HANDLE), "may_edit": person.has(EDIT), "severities": overview.SEVERITIES,
        "condition": overview.condition, "incident_tones": overview.INCIDENT_TONES, "me": signed_in().own_id,
    }  # fmt: skip


def missing() -> NotFound:
    """Return the answer to an address of no incident."""
    return NotFound("There is no such alert.", "It was deleted with its rule, or your role doesn't see it.")

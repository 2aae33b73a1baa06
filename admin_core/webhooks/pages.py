"""Pages under ``/admin/system/webhooks``: endpoints, their secrets and what was sent. Every change is a POST."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin_core.access import signed_in
from admin_core.audit.web import note_change
from admin_core.contributions import ActionRefused
from admin_core.database import limit_statements
from admin_core.generator.errors import NotFound
from admin_core.jobs.enqueue import Origin
from admin_core.machine import machine, request_session
from admin_core.once import ALREADY_DONE, first_time, new_token
from admin_core.outgoing import rules_for
from admin_core.policy import Person, PolicySession, require_permission
from admin_core.surfaces import admin, declare
from admin_core.theme.feedback import flash_done
from admin_core.webhooks import endpoints, overview
from admin_core.webhooks.actions import CONTROL
from admin_core.webhooks.endpoints import EndpointForm
from admin_core.webhooks.overview import DELIVERIES
from admin_core.webhooks.registry import EVERY
from schema.api import WebhookEndpoint
from schema.audit import AuditCategory

URL = "/admin/system/webhooks"
SEE_OTHER = 303
UNPROCESSABLE = 422
blueprint = Blueprint("webhook_pages", __name__, url_prefix=URL)


def install(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(blueprint)
    declare(app, {"webhook_pages.*": admin("page:system:read")})


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the endpoints, what was sent lately, and the addresses that take messages."""
    person, session, parts = *asked(), machine()
    return render_template(
        "admin/webhooks/index.html",
        endpoints=overview.endpoints(session),
        sent=overview.latest(session, person, parts.registry.spec(DELIVERIES)),
        sources=overview.sources(session, parts.webhooks, parts.settings.public_url),
        may_change=person.has(CONTROL),
        base=URL,
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make an endpoint, and show its secret once."""
    person, session = asked(change=True)
    if request.method == "GET":
        return form_page(endpoints.form_of(None), None)
    form = typed_form(None)
    if form.errors:
        return form_page(form, None), UNPROCESSABLE
    if not is_first_click(session, person):
        return done(session, ALREADY_DONE, URL)
    endpoint, secret = endpoints.create(session, machine().cipher, form, person.id)
    note_deed("made", endpoint.id)
    session.commit()
    return secret_page(endpoint, secret, is_new=True)


@blueprint.get("/<uuid:record>")
def show(record: UUID) -> ResponseReturnValue:
    """Show an endpoint and what was sent to it lately."""
    person, session = asked()
    return endpoint_page(person, session, found(session, record))


@blueprint.route("/<uuid:record>/edit", methods=["GET", "POST"])
def edit(record: UUID) -> ResponseReturnValue:
    """Change an endpoint's name, address and events."""
    _, session = asked(change=True)
    endpoint = found(session, record, for_update=request.method == "POST")
    if request.method == "GET":
        return form_page(endpoints.form_of(endpoint), endpoint)
    form = typed_form(endpoint)
    if form.errors:
        return form_page(form, endpoint), UNPROCESSABLE
    endpoints.change(endpoint, form)
    note_deed("edited", record)
    return done(session, f"Saved {endpoint.name}.", f"{URL}/{record}")


@blueprint.post("/<uuid:record>/secret")
def new_secret(record: UUID) -> ResponseReturnValue:
    """Give an endpoint a new secret, and show it once."""
    person, session = asked(change=True)
    if not is_first_click(session, person):
        return done(session, ALREADY_DONE, f"{URL}/{record}")
    found(session, record)
    endpoint = session.get_one(WebhookEndpoint, record, with_for_update=True, populate_existing=True)
    secret = endpoints.give_new_secret(endpoint, machine().cipher, datetime.now(UTC))
    note_deed("secret-renewed", record)
    session.commit()
    return secret_page(endpoint, secret, is_new=False)


@blueprint.post("/<uuid:record>/<any(enable, disable, ping):deed>")
def change(record: UUID, deed: str) -> ResponseReturnValue:
    """Switch an endpoint on or off, or send it a test event."""
    person, session = asked(change=True)
    endpoint = found(session, record, for_update=True)
    try:
        sentence = changed(session, endpoint, deed, person)
    except ActionRefused as refusal:
        session.rollback()
        return endpoint_page(person, session, found(session, record), refusal), UNPROCESSABLE
    note_deed({"enable": "enabled", "disable": "disabled", "ping": "test-sent"}[deed], record)
    return done(session, sentence, f"{URL}/{record}")


def note_deed(deed: str, endpoint: UUID) -> None:
    """Put into the audit log what was done to an endpoint."""
    note_change(f"webhooks.{deed}", "webhook_endpoints", str(endpoint), category=AuditCategory.CONFIG)


def changed(session: PolicySession, endpoint: WebhookEndpoint, deed: str, person: Person) -> str:
    """Do one of the short deeds and say what was done."""
    if deed == "ping":
        return endpoints.ping(session, endpoint, Origin(actor_id=person.id, request_id=g.request_id))
    return endpoints.enable(endpoint) if deed == "enable" else endpoints.disable(endpoint)


def asked(*, change: bool = False) -> tuple[Person, PolicySession]:
    """Return who asks and their session; Refused when they want to change something and may not."""
    person = signed_in()
    if change:
        require_permission(person, CONTROL, "change webhooks")
    session = request_session(person)
    limit_statements(session)
    return person, session


def found(session: PolicySession, record: UUID, *, for_update: bool = False) -> WebhookEndpoint:
    """Return the endpoint of an address, or raise NotFound."""
    endpoint = overview.endpoint_of(session, record, for_update=for_update)
    if endpoint is None:
        raise NotFound("There is no such endpoint.", "Choose one from the webhooks page.")
    return endpoint


def typed_form(endpoint: WebhookEndpoint | None) -> EndpointForm:
    """Return what was typed, checked."""
    parts = machine()
    chosen = request.form.getlist("events")
    return endpoints.read_form(request.form.to_dict(), chosen, parts.webhooks, rules_for(parts.settings), endpoint)


def is_first_click(session: PolicySession, person: Person) -> bool:
    """Use the form's token up; False when it was used before."""
    return first_time(session, f"webhooks:{person.id}", request.form.get("once", ""), datetime.now(UTC))


def done(session: PolicySession, sentence: str, url: str) -> ResponseReturnValue:
    """Commit, say what was done, and go on."""
    session.commit()
    flash_done(sentence)
    return redirect(url, SEE_OTHER)


def form_page(form: EndpointForm, endpoint: WebhookEndpoint | None) -> str:
    """Return the form of a new or known endpoint."""
    events = machine().webhooks.events
    gone = [kind for kind in form.events if kind not in events and kind != EVERY]
    words: dict[str, Any] = {"form": form, "endpoint": endpoint, "events": events, "gone": gone, "every": EVERY}
    return render_template("admin/webhooks/form.html", **words, once=new_token(), base=URL)


def endpoint_page(
    person: Person, session: PolicySession, endpoint: WebhookEndpoint, problem: ActionRefused | None = None
) -> str:
    """Return an endpoint's page; after a refusal with the reason."""
    sent = overview.latest(session, person, machine().registry.spec(DELIVERIES), endpoint.id)
    words: dict[str, Any] = {"endpoint": endpoint, "sent": sent, "problem": problem, "now": datetime.now(UTC)}
    return render_template(
        "admin/webhooks/endpoint.html", **words, may_change=person.has(CONTROL), once=new_token(), base=URL
    )


def secret_page(endpoint: WebhookEndpoint, secret: str, *, is_new: bool) -> str:
    """Return the one page on which a secret ever stands. It answers the POST itself: no address leads to it."""
    return render_template("admin/webhooks/secret.html", endpoint=endpoint, secret=secret, is_new=is_new, base=URL)

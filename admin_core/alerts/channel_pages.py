"""Pages of alert channels: who is told and how. Where a channel sends to is typed once and never shown again."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import defer

from admin_core.alerts import channel_form
from admin_core.alerts.asked import UNPROCESSABLE, asked, done, note_deed
from admin_core.alerts.channel_form import KINDS, ChannelForm
from admin_core.alerts.incident_page import STATES, latest_messages
from admin_core.alerts.overview import EDIT, URL
from admin_core.alerts.rule_pages import channels_of
from admin_core.alerts.telling import News, put
from admin_core.alerts.words import HEADS
from admin_core.contributions import ActionRefused
from admin_core.generator.errors import NotFound
from admin_core.jobs.enqueue import Origin
from admin_core.machine import machine
from admin_core.once import ALREADY_DONE, first_time, new_token
from admin_core.outgoing import rules_for
from admin_core.policy import Person, PolicySession
from schema.alerts import AlertChannel, ChannelKind, NotificationKind

CHANNELS = f"{URL}/channels"
TABLE = AlertChannel.__tablename__
blueprint = Blueprint("alert_channels", __name__, url_prefix=CHANNELS)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the channels and what they told lately."""
    person, session = asked()
    return channels_page(person, session)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a channel; the secret of a signed one is shown once."""
    person, session = asked(EDIT, "change alert channels")
    if request.method == "GET":
        return form_page(channel_form.form_of(None), None)
    form = channel_form.read_form(request.form.to_dict(), None, rules_for(machine().settings))
    if form.errors or taken(session, form.name, None):
        return form_page(form, None, is_taken=taken(session, form.name, None)), UNPROCESSABLE
    if not first_time(session, f"alert-channels:{person.id}", request.form.get("once", ""), datetime.now(UTC)):
        return done(session, ALREADY_DONE, CHANNELS)
    channel = AlertChannel(kind=ChannelKind(form.kind), enabled=True)
    secret = channel_form.apply(channel, form, machine().cipher)
    session.add(channel)
    session.flush()
    note_deed("alert_channels.made", TABLE, channel.id, config=True)
    return saved(session, channel, secret)


@blueprint.route("/<uuid:record>/edit", methods=["GET", "POST"])
def edit(record: UUID) -> ResponseReturnValue:
    """Change a channel; where it sends to only when it is typed anew."""
    _, session = asked(EDIT, "change alert channels")
    channel = found(session, record, for_update=request.method == "POST")
    if request.method == "GET":
        return form_page(channel_form.form_of(channel), channel)
    form = channel_form.read_form(request.form.to_dict(), channel, rules_for(machine().settings))
    if form.errors or taken(session, form.name, record):
        return form_page(form, channel, is_taken=taken(session, form.name, record)), UNPROCESSABLE
    secret = channel_form.apply(channel, form, machine().cipher)
    note_deed("alert_channels.changed", TABLE, record, config=True)
    return saved(session, channel, secret)


@blueprint.post("/<uuid:record>/<any(enable, disable, delete, test):deed>")
def press(record: UUID, deed: str) -> ResponseReturnValue:
    """Switch a channel on or off, delete it, or send it a test."""
    person, session = asked(EDIT, "change alert channels")
    channel = found(session, record, for_update=True)
    try:
        sentence = pressed(session, channel, deed, Origin(actor_id=person.id, request_id=g.request_id))
    except ActionRefused as problem:
        session.rollback()
        return channels_page(person, session, problem), UNPROCESSABLE
    words = {"enable": "enabled", "disable": "disabled", "delete": "deleted", "test": "tested"}
    note_deed(f"alert_channels.{words[deed]}", TABLE, record, config=True)
    return done(session, sentence, CHANNELS)


def pressed(session: PolicySession, channel: AlertChannel, deed: str, origin: Origin) -> str:
    """Do one of the short deeds and say what was done."""
    if deed == "test":
        return ask_for_test(session, channel, origin)
    if deed == "delete":
        session.delete(channel)
        session.flush()
        return f"{channel.name} is deleted, with the list of what it told."
    channel.enabled = deed == "enable"
    return f"{channel.name} is {'on' if channel.enabled else 'off: nobody is told by it'}."


def ask_for_test(session: PolicySession, channel: AlertChannel, origin: Origin) -> str:
    """Send a channel a test message, whatever it wants to hear of."""
    if not channel.enabled:
        raise ActionRefused(f"{channel.name} is off.", "Switch it on first.")
    now, settings = datetime.now(UTC), machine().settings
    payload = test_payload(channel.id, settings.public_url, now)
    put(session, (channel.id, None), payload, News(NotificationKind.TEST, now, settings.public_url), origin)
    return "A test is on its way: reload in a moment to see whether it arrived."


def test_payload(channel: UUID, public_url: str, now: datetime) -> dict[str, Any]:
    """Return the message of a test."""
    return {
        "kind": NotificationKind.TEST.value, "thread": f"alert-test-{channel}", "rule": "test",
        "title": "This is a test", "severity": "info", "runbook": "", "at": now.isoformat(timespec="seconds"),
        "summary": "Somebody tries whether alerts arrive here. Nothing is wrong.",
        "url": f"{public_url.rstrip('/')}{CHANNELS}",
    }  # fmt: skip


def found(session: PolicySession, record: UUID, *, for_update: bool = False) -> AlertChannel:
    """Return a channel without where it sends to, or raise NotFound."""
    wanted = select(AlertChannel).where(AlertChannel.id == record).options(defer(AlertChannel.target, raiseload=True))
    channel = session.scalar(wanted.with_for_update() if for_update else wanted)
    if channel is None:
        raise NotFound("There is no such channel.", "Choose one from the list of channels.")
    return channel


def taken(session: PolicySession, name: str, record: UUID | None) -> bool:
    """Return whether another channel has this name."""
    others = select(AlertChannel.id).where(AlertChannel.name == name, AlertChannel.id.is_distinct_from(record))
    return session.scalar(others.limit(1)) is not None


def saved(session: PolicySession, channel: AlertChannel, secret: str) -> ResponseReturnValue:
    """Go on to the channels; with a new secret show it first, on the one page on which it ever stands."""
    if not secret:
        return done(session, f"Saved {channel.name}. Send it a test to see whether it arrives.", CHANNELS)
    session.commit()
    return render_template("admin/alerts/secret.html", channel=channel, secret=secret, base=URL, channels_url=CHANNELS)


def channels_page(person: Person, session: PolicySession, problem: ActionRefused | None = None) -> str:
    """Return the channels; after a refusal with the reason."""
    words: dict[str, Any] = {"channels": channels_of(session), "messages": latest_messages(session), "states": STATES}
    return render_template(
        "admin/alerts/channels.html", **words, heads=HEADS, kinds=KINDS, problem=problem, base=URL,
        channels_url=CHANNELS, may_edit=person.has(EDIT),
    )  # fmt: skip


def form_page(form: ChannelForm, channel: AlertChannel | None, *, is_taken: bool = False) -> str:
    """Return the form of a new or known channel."""
    errors = {**form.errors, **({"name": "Another channel is called so."} if is_taken else {})}
    words: dict[str, Any] = {"form": form, "errors": errors, "channel": channel, "kinds": KINDS, "once": new_token()}
    return render_template("admin/alerts/channel_form.html", **words, base=URL, channels_url=CHANNELS)

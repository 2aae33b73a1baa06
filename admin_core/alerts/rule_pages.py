"""Pages of alert rules: tune what is declared, have a saved view watched, switch on and off, silence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload, selectinload
from uuid_utils.compat import uuid7

from admin_core.alerts import handling, overview, rule_form
from admin_core.alerts.asked import UNPROCESSABLE, asked, done, note_deed
from admin_core.alerts.declaring import tuned
from admin_core.alerts.handling import Hand
from admin_core.alerts.overview import EDIT, HANDLE, URL
from admin_core.alerts.rule_form import RuleForm
from admin_core.alerts.watching import DEFAULT_PERIOD, PERIOD
from admin_core.contributions import ActionRefused
from admin_core.dashboards.figures import UnknownFigure
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.urls import list_url
from admin_core.machine import machine
from admin_core.period_choice import NAMES
from admin_core.policy import Person, PolicySession, require, require_permission
from admin_core.policy.decisions import names_of
from schema.alerts import AlertChannel, AlertIncident, AlertRule, IncidentState, Severity
from schema.staff import StaffMember
from schema.views import SavedView

blueprint = Blueprint("alert_rules", __name__, url_prefix=URL)
RULES = AlertRule.__tablename__
MOST_CHANNELS, SHOWN = 100, 10
MOST_RULES = 50


@blueprint.get("/rule/<uuid:record>")
def show(record: UUID) -> ResponseReturnValue:
    """Show a rule, its last values and its last incidents."""
    person, session = asked()
    return rule_page(person, session, record)


@blueprint.route("/rule/<uuid:record>/edit", methods=["GET", "POST"])
def edit(record: UUID) -> ResponseReturnValue:
    """Change a rule."""
    person, session = asked(EDIT, "change alert rules")
    rule = found(session, record, for_update=request.method == "POST")
    if request.method == "GET":
        return form_page(session, rule_form.form_of(rule), rule)
    form, channels = typed_form(session, rule, person)
    if form.errors:
        session.rollback()
        return form_page(session, form, found(session, record)), UNPROCESSABLE
    rule_form.apply(rule, form, channels)
    note_deed("alert_rules.changed", RULES, record, config=True)
    return done(session, f"Saved “{rule.title}”.", f"{URL}/rule/{record}")


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Have a figure, or the rows of a saved view, watched."""
    person, session = asked(EDIT, "change alert rules")
    if not (request.values.get("view") or request.values.get("figure")):
        return render_template("admin/alerts/choose.html", figures=machine().figures.seen_by(person), base=URL)
    rule, about = draft(session, person)
    if request.method == "GET":
        return form_page(session, rule_form.form_of(rule), rule, about)
    form, channels = typed_form(session, rule, person)
    if form.errors:
        session.rollback()
        return form_page(session, form, rule, about), UNPROCESSABLE
    rule_form.apply(rule, form, channels)
    session.add(rule)
    session.flush()
    note_deed("alert_rules.made", RULES, rule.id, config=True)
    return done(session, f"“{rule.title}” is watched from the next minute on.", f"{URL}/rule/{rule.id}")


@blueprint.post("/rule/<uuid:record>/<any(enable, disable, delete, restore, silence):deed>")
def press(record: UUID, deed: str) -> ResponseReturnValue:
    """Switch a rule on or off, delete one of the team, give declared numbers back, or silence it."""
    person, session = asked(HANDLE if deed == "silence" else EDIT, "change alert rules")
    rule = found(session, record, for_update=True)
    hand = Hand(person, datetime.now(UTC), machine().settings.public_url, request.form.to_dict())
    try:
        sentence = PRESSED[deed](session, rule, hand)
    except ActionRefused as problem:
        session.rollback()
        return rule_page(person, session, record, problem), UNPROCESSABLE
    note_deed(f"alert_rules.{WORDS[deed]}", RULES, record, config=True)
    return done(session, sentence, URL if deed == "delete" else f"{URL}/rule/{record}")


def enable(_session: PolicySession, rule: AlertRule, _hand: Hand) -> str:
    """Evaluate a rule again."""
    rule.enabled = True
    return f"“{rule.title}” is evaluated from the next minute on."


def disable(session: PolicySession, rule: AlertRule, hand: Hand) -> str:
    """Evaluate a rule no more; what is open of it is closed, as nobody would see its end."""
    rule.enabled = False
    open_ones = select(AlertIncident).where(
        AlertIncident.rule_id == rule.id, AlertIncident.state != IncidentState.RESOLVED
    )
    for incident in session.scalars(open_ones.with_for_update()):
        handling.close(session, incident, hand)
    return f"“{rule.title}” is off: nothing is evaluated."


def delete(session: PolicySession, rule: AlertRule, _hand: Hand) -> str:
    """Delete a rule of the team with everything that happened under it."""
    if rule.declared:
        raise ActionRefused("It comes with the product.", "Switch it off instead.")
    session.delete(rule)
    session.flush()
    return f"“{rule.title}” is deleted."


def restore(_session: PolicySession, rule: AlertRule, _hand: Hand) -> str:
    """Give a rule the numbers back that were declared."""
    if not tuned(rule):
        raise ActionRefused("Its numbers are those it came with.")
    rule_form.restore(rule)
    return "Its numbers are those it came with."


def silence(session: PolicySession, rule: AlertRule, hand: Hand) -> str:
    """Tell nobody of a rule for a while."""
    return handling.silence_rule(session, rule.id, hand)


PRESSED = {"enable": enable, "disable": disable, "delete": delete, "restore": restore, "silence": silence}
WORDS = {
    "enable": "enabled", "disable": "disabled", "delete": "deleted", "restore": "restored", "silence": "silenced"
}  # fmt: skip


def found(session: PolicySession, record: UUID, *, for_update: bool = False) -> AlertRule:
    """Return a rule with its channels, or raise NotFound."""
    wanted = select(AlertRule).where(AlertRule.id == record).options(*around_a_rule())
    wanted = wanted.with_for_update(of=AlertRule) if for_update else wanted
    rule = session.scalars(wanted, execution_options={"populate_existing": True}).unique().one_or_none()
    if rule is None:
        raise NotFound("There is no such alert rule.", "It was deleted, or your role doesn't see it.")
    return rule


def around_a_rule() -> tuple[Any, ...]:
    """Return the options that load what a rule's page names, without any secret."""
    channels = selectinload(AlertRule.channels).options(defer(AlertChannel.target, raiseload=True))
    return channels, joinedload(AlertRule.owner).load_only(StaffMember.name)


def view_of(session: PolicySession, text: str) -> SavedView:
    """Return the saved view an address names, whose list the person may read."""
    view = session.scalars(select(SavedView).where(SavedView.id == handling.uuid_of(text))).one_or_none()
    if view is None or view.model_key not in machine().registry:
        raise NotFound("There is no such saved view.", "Open a list, save it as a view, and choose “Watch this view”.")
    require(session.person, "read", machine().registry.spec(view.model_key))
    return view


def draft(session: PolicySession, person: Person) -> tuple[AlertRule, tuple[str, str]]:
    """Return a new rule about what the address names, not added yet, and how the form names that."""
    kept = select(AlertRule.id).where(AlertRule.declared.is_(False), AlertRule.owner_id == person.id)
    if len(session.scalars(kept.limit(MOST_RULES)).all()) >= MOST_RULES:
        raise BadRequest(f"You have {MOST_RULES} rules already.", "Delete one you no longer need.")
    if view := request.values.get("view"):
        about, words = ("view", view), of_view(view_of(session, view))
    else:
        about = ("figure", request.values["figure"])
        words = of_figure(person, about[1])
    rule = AlertRule(
        name=f"team.{uuid7()}", declared=False, enabled=True, owner_id=person.id, comparison="above",
        threshold=Decimal(0), severity=Severity.WARNING, for_s=0, keep_firing_s=300, repeat_s=14_400, parameters={},
        channels=[], **words,
    )  # fmt: skip
    return rule, about


def of_view(view: SavedView) -> dict[str, Any]:
    """Return what is particular about a rule that counts a view's rows."""
    spec = machine().registry.spec(view.model_key)
    title = f"{spec.plural}: {view.name}"[: rule_form.LONGEST_TITLE]
    return {"view_id": view.id, "title": title, "seen_with": list(names_of("read", spec))}


def of_figure(person: Person, name: str) -> dict[str, Any]:
    """Return what is particular about a rule that watches a figure the person may see."""
    try:
        figure = machine().figures.named(name)
    except UnknownFigure as problem:
        raise NotFound(str(problem), "Choose one from the list.") from None
    require_permission(person, figure.permission, f"see {figure.title}")
    return {"figure": figure.name, "title": figure.title, "seen_with": [figure.permission]}


def typed_form(session: PolicySession, rule: AlertRule, person: Person) -> tuple[RuleForm, Sequence[AlertChannel]]:
    """Return what was typed, checked, and the channels that were chosen."""
    form = rule_form.read_form(request.form.to_dict(), request.form.getlist("channels"), rule, person)
    owner, people = form.values.get("owner"), {key for key, _ in overview.members(session)}
    if owner is not None and owner not in {*people, rule.owner_id}:
        form = replace(form, errors={**form.errors, "owner": "Choose from the list."})
    known = {str(channel.id): channel for channel in channels_of(session)}
    return form, [known[key] for key in form.channels if key in known]


def channels_of(session: PolicySession) -> Sequence[AlertChannel]:
    """Return the channels by name, without where they send to."""
    wanted = select(AlertChannel).options(defer(AlertChannel.target, raiseload=True)).order_by(AlertChannel.name)
    return session.scalars(wanted.limit(MOST_CHANNELS)).all()


def form_page(session: PolicySession, form: RuleForm, rule: AlertRule, about: tuple[str, str] | None = None) -> str:
    """Return the form of a new or known rule; ``about`` is what a new one names in its address."""
    words: dict[str, Any] = {"form": form, "rule": rule, "about": about, "base": URL, "periods": NAMES}
    people = overview.members(session)
    if rule.view_id:  # nobody lends the rights of others
        people = [each for each in people if each[0] in {rule.owner_id, session.person.id}]
    return render_template("admin/alerts/rule_form.html", **words, channels=channels_of(session), members=people)


def rule_page(person: Person, session: PolicySession, record: UUID, problem: ActionRefused | None = None) -> str:
    """Return a rule's page; after a refusal with the reason."""
    rule, now = found(session, record), datetime.now(UTC)
    silences = overview.silences_of(session, record, now)
    lines = overview.incident_lines(session, AlertIncident.rule_id == record, SHOWN, [s.rule_id for s in silences])
    words: dict[str, Any] = {
        "rule": rule, "line": overview.RuleLine(rule, silenced=bool(silences)), "silences": silences, "lines": lines,
        "problem": problem, "spans": handling.SPANS, "typed": request.form, "tuned": tuned(rule), "base": URL,
        "watched": watched(rule), "condition": overview.condition, "severities": overview.SEVERITIES,
        "incident_tones": overview.INCIDENT_TONES, "may_edit": person.has(EDIT), "may_handle": person.has(HANDLE),
    }  # fmt: skip
    return render_template("admin/alerts/rule.html", **words)


def watched(rule: AlertRule) -> tuple[str, str]:
    """Return what a rule watches, in words, and where that is."""
    if rule.figure:
        period = rule.parameters.get(PERIOD, DEFAULT_PERIOD)
        return f"The figure {rule.figure}, {NAMES.get(period, period)}", ""
    if rule.declared:
        offered = machine().alerts.find(rule.name)
        return (f"Declared by {offered.plugin}" if offered else "Nothing declares it any more"), ""
    url = str((rule.memory or {}).get("url", ""))
    return "Rows of a saved view", url or (list_url("saved_views") if rule.view_id else "")

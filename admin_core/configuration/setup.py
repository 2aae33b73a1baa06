"""The set-up page: what has to be entered on day one, where to find it, and how far that is."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin_core import settings_store as store
from admin_core.access import signed_in
from admin_core.configuration import steps
from admin_core.configuration.links import refresh_links
from admin_core.configuration.pages import SEE_OTHER, untestable
from admin_core.configuration.standing import survey
from admin_core.configuration.steps import URL, Step
from admin_core.machine import machine, request_session
from admin_core.policy import PolicySession, require_permission
from admin_core.theme.feedback import flash_done

CHANGE = "core:settings:change"
blueprint = Blueprint("setup", __name__)


@blueprint.get(URL)
def setup() -> ResponseReturnValue:
    """Show every step with its state."""
    person = signed_in()
    session = request_session(person)
    refresh_links(session)
    found = all_steps(session)
    return render_template(
        "admin/configuration/setup.html",
        steps=found,
        left=[step for step in found if not step.is_done],
        dismissed=steps.is_dismissed(session),
        may_change=person.has(CHANGE),
        is_demo=machine().settings.env == "demo",
    )


def all_steps(session: PolicySession) -> list[Step]:
    """Return the steps in their order, the team last."""
    found = survey(session, list(machine().shown_sections.steps))
    own = [steps.step_of(each, untestable(each.section, each.found)) for each in found]
    return [*own, steps.team_step(steps.members(session))]


@blueprint.post(f"{URL}/reminder")
def remind() -> ResponseReturnValue:
    """Switch home's reminder off, or on again."""
    person = signed_in()
    require_permission(person, CHANGE, "change what home reminds of")
    dismissed = request.form.get("then") != "show"
    session = request_session(person)
    store.write(session, machine().cipher, steps.STATE, {"dismissed": dismissed}, actor_id=person.id)
    session.commit()
    flash_done("Home no longer reminds of the set-up." if dismissed else "Home reminds of the set-up again.")
    return redirect(URL, SEE_OTHER)

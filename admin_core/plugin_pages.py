"""Mounts the pages of plugins: permission, session, time-out, commit and refusals are core's; the rest is theirs."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Flask, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader

from admin_core.access import current_person
from admin_core.contributions import ActionRefused, Page, Visit
from admin_core.database import limit_statements
from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import Origin
from admin_core.machine import Machine, machine, request_session
from admin_core.menu import page_url, plugin_pages
from admin_core.policy import require_permission
from admin_core.surfaces import admin, declare
from admin_core.theme.feedback import flash_done

SEE_OTHER = 303
UNPROCESSABLE = 422


def install(app: Flask, parts: Machine) -> None:
    """Mount every page of every running plugin under ``/admin/<plugin>/<slug>``."""
    own: list[BaseLoader] = [app.jinja_loader] if app.jinja_loader else []
    app.jinja_loader = ChoiceLoader([*own, templates_of(parts)])
    for plugin, page in plugin_pages(parts.plugins):
        blueprint = Blueprint(f"page-{plugin}-{page.slug}", __name__)
        methods = ["GET", "POST"] if page.post else ["GET"]
        blueprint.add_url_rule(page_url(plugin, page.slug), "page", view_of(plugin, page), methods=methods)
        app.register_blueprint(blueprint)
        declare(app, {f"{blueprint.name}.page": admin(page.permission)})


def templates_of(parts: Machine) -> PrefixLoader:
    """Return the templates of plugins, each under its plugin's name alone: none can stand in for another's."""
    running = [plugin.name for plugin in parts.plugins if plugin.is_running]
    return PrefixLoader({name: FileSystemLoader(parts.plugins.folder(name) / "templates" / name) for name in running})


def view_of(plugin: str, page: Page) -> Callable[[], ResponseReturnValue]:
    """Return the view of one page."""

    def view() -> ResponseReturnValue:
        visit = visit_of()
        limit_statements(visit.session)
        if request.method == "POST":
            return posted(plugin, page, visit)
        return shown(plugin, page, visit)

    return view


def shown(plugin: str, page: Page, visit: Visit, problem: ActionRefused | None = None) -> ResponseReturnValue:
    """Return the page; after a refusal with the reason, and what was typed in ``form``."""
    values = page.load(visit)
    status = UNPROCESSABLE if problem else 200
    words = {"title": page.title, "page_group": page.group, "plugin": plugin, "problem": problem, "form": visit.form}
    return render_template(page.template, **{**words, **values}), status


def posted(plugin: str, page: Page, visit: Visit) -> ResponseReturnValue:
    """Do what the form asks, commit, and go on; a refusal changes nothing and loses nothing typed."""
    assert page.post is not None  # the route takes no POST otherwise
    require_permission(visit.person, page.post_permission, "do this")
    try:
        done = page.post(visit)
        visit.session.commit()
    except ActionRefused as refusal:
        visit.session.rollback()
        return shown(plugin, page, visit, refusal)
    flash_done(done.sentence)
    return redirect(done.url or page_url(plugin, page.slug), SEE_OTHER)


def visit_of() -> Visit:
    """Return this request as a page sees it."""
    person = current_person()
    assert person is not None  # the surface has asked for a permission
    session = request_session(person)
    origin = Origin(actor_id=person.id, request_id=g.request_id)
    return Visit(
        session=session,
        person=person,
        now=datetime.now(UTC),
        args=request.args.to_dict(),
        form=request.form.to_dict(),
        effects=JobEffects(session, machine().jobs, origin),
    )

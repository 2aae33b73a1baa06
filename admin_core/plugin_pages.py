"""Mounts the pages of plugins: permission, session, time-out, commit and refusals are core's; the rest is theirs."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Flask, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from admin_core.access import signed_in
from admin_core.access.freshness import require_fresh
from admin_core.audit.web import note_change
from admin_core.changes.acting import describe
from admin_core.contributions import ActionRefused, HandOver, Page, Visit
from admin_core.database import limit_statements
from admin_core.effects import JobEffects
from admin_core.generator.errors import BadRequest, NotFound, TooSlow
from admin_core.jobs.enqueue import Origin
from admin_core.machine import Machine, machine, request_session
from admin_core.menu import page_url, plugin_pages
from admin_core.plugin_manager import WHATEVER, Plugins
from admin_core.policy import Refused, require_permission
from admin_core.surfaces import admin, declare
from admin_core.theme import csp
from admin_core.theme.feedback import flash_done
from admin_core.traces import trace_of
from schema.changes import ChangeKind

log = logging.getLogger(__name__)
SEE_OTHER = 303
UNPROCESSABLE = 422
EXPECTED = (HTTPException, Refused, BadRequest, NotFound, TooSlow)
"""Answers, not failures."""


class PageFailed(Exception):
    """A page of a plugin raised what is no answer; the cause says what."""


def install(app: Flask, parts: Machine) -> None:
    """Mount every page of every running plugin under ``/admin/<plugin>/<slug>``."""
    for plugin, page in plugin_pages(parts.plugins.registered("register_pages")):
        blueprint = Blueprint(f"page-{plugin}-{page.slug}", __name__)
        methods = ["GET", "POST"] if page.post else ["GET"]
        blueprint.add_url_rule(page_url(plugin, page.slug), "page", view_of(plugin, page), methods=methods)
        app.register_blueprint(blueprint)
        declare(app, {f"{blueprint.name}.page": admin(page.permission)})


def view_of(plugin: str, page: Page) -> Callable[[], ResponseReturnValue]:
    """Return the view of one page."""

    def view() -> ResponseReturnValue:
        with guarded(machine().plugins, plugin, page):
            visit = visit_of()
            if request.method == "POST":
                return posted(plugin, page, visit)
            return shown(plugin, page, visit)

    return view


@contextmanager
def guarded(plugins: Plugins, plugin: str, page: Page) -> Iterator[None]:
    """Let the page answer if its plugin is on and the page does not fail all the time; note how it went."""
    if not plugins.is_on(plugin):
        raise NotFound(f"{page.title} is switched off.", "Somebody switched its plugin off on the Plugins page.")
    part = f"page {page.slug}"
    if not plugins.circuits.admits(plugin, part):
        raise TooSlow(f"{page.title} failed several times in a minute.", "Try again in a minute.")
    try:
        yield
    except (*EXPECTED, DBAPIError):
        raise
    except WHATEVER as error:
        log.error("%s of plugin %s failed\n%s", part, plugin, trace_of(error))  # noqa: TRY400 (no message)
        plugins.circuits.failed(plugin, part, error)
        raise PageFailed(plugin) from error  # not SystemExit: that would end the process
    plugins.circuits.succeeded(plugin, part)


def shown(plugin: str, page: Page, visit: Visit, problem: ActionRefused | None = None) -> ResponseReturnValue:
    """Return the page; after a refusal with the reason, and what was typed in ``form``."""
    limit_statements(visit.session)  # here: the roll-back of a refusal has ended the transaction with its limit
    values = page.load(visit)
    status = UNPROCESSABLE if problem else 200
    words = {"title": page.title, "page_group": page.group, "plugin": plugin, "problem": problem, "form": visit.form}
    return render_template(page.template, **{**words, **values}), status


def posted(plugin: str, page: Page, visit: Visit) -> ResponseReturnValue:
    """Do what the form asks, commit, and go on; a refusal changes nothing and loses nothing typed."""
    assert page.post is not None  # the route takes no POST otherwise
    require_permission(visit.person, page.post_permission, "do this")
    if page.proof_within_s:
        require_fresh(visit.person, within=timedelta(seconds=page.proof_within_s))
    limit_statements(visit.session)
    try:
        describe(kind=ChangeKind.ACTION, title=page.title, undoable=False)
        done = page.post(visit)
        note_change(f"{plugin}.{page.slug}.posted", "pages", f"{plugin}/{page.slug}")
        visit.session.commit()
    except ActionRefused as refusal:
        visit.session.rollback()
        return shown(plugin, page, visit, refusal)
    if isinstance(done, HandOver):
        return handed_over(page, done)
    flash_done(done.sentence)
    return redirect(done.url or page_url(plugin, page.slug), SEE_OTHER)


def handed_over(page: Page, there: HandOver) -> ResponseReturnValue:
    """Return the page whose form goes to the other site; no cache and no Referer keeps a trace of it."""
    parts = urlsplit(there.url)
    headers = {
        "Content-Security-Policy": csp.policy(form_action=(f"{parts.scheme}://{parts.netloc}",)),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return render_template("admin/hand_over.html", title=page.title, page_group=page.group, there=there), 200, headers


def visit_of() -> Visit:
    """Return this request as a page sees it."""
    person = signed_in()
    session = request_session(person)
    origin = Origin(actor_id=person.id, request_id=g.request_id)
    return Visit(
        session=session,
        person=person,
        now=datetime.now(UTC),
        args=request.args.to_dict(),
        form=request.form.to_dict(),
        effects=JobEffects(session, machine(), origin),
    )

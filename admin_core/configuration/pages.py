"""The settings page: an overview, one form per section, and the Test button. What is typed is judged in ``drafts``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin_core import settings_store as store
from admin_core.access import signed_in
from admin_core.audit.web import note, note_change
from admin_core.configuration import drafts, testing
from admin_core.configuration.drafts import Draft
from admin_core.configuration.links import forget_links, refresh_links
from admin_core.configuration.sections import CORE
from admin_core.configuration.standing import Standing, Surveyed, missing, survey
from admin_core.effects import JobEffects
from admin_core.generator.errors import NotFound
from admin_core.jobs.enqueue import Origin
from admin_core.machine import machine, request_session
from admin_core.plugin_manager import Plugin
from admin_core.policy import MASK, Person, PolicySession, require_permission
from admin_core.setting_fields import SettingsSection
from admin_core.settings_store import Sections, Stored
from admin_core.theme.feedback import flash_done
from schema.audit import AuditCategory

SEE_OTHER, UNPROCESSABLE = 303, 422
URL = "/admin/settings"
READ = "page:settings:read"
NAMES = "pii:identity:read"
blueprint = Blueprint("settings", __name__)


@dataclass(frozen=True)
class Visit:
    """One request about one section."""

    person: Person
    session: PolicySession
    section: SettingsSection

    @property
    def url(self) -> str:
        """The section's page."""
        return url_of(self.section)

    @property
    def may_change(self) -> bool:
        """Whether the form can be sent."""
        return self.person.has(self.section.permission)


@dataclass(frozen=True)
class Changed:
    """The last change of a section."""

    at: datetime
    by: str


@dataclass(frozen=True)
class SectionPage:
    """Everything the form of a section shows."""

    section: SettingsSection
    url: str
    found: Mapping[str, Stored]
    texts: Mapping[str, str]
    standing: Standing
    version: str
    may_change: bool
    untestable: str = ""
    """Why there is no Test button; empty when there is one."""
    draft: Draft = field(default_factory=Draft)
    changed: Changed | None = None

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """What is wrong, for the summary: the control, its label, the sentence."""
        words = {**self.draft.errors, **dict.fromkeys(self.draft.theirs, "Somebody else changed it meanwhile.")}
        return [(drafts.control(f.name), f.label, words[f.name]) for f in self.section.fields if f.name in words]


def url_of(section: SettingsSection) -> str:
    """Return the address of a section's page."""
    return f"{URL}/{section.name}"


@blueprint.get(URL)
def overview() -> ResponseReturnValue:
    """Show every section, by whose it is, and how it stands."""
    parts, session = machine(), request_session(signed_in())
    refresh_links(session)
    sections = parts.shown_sections
    found = survey(session, list(sections))
    return render_template("admin/configuration/overview.html", groups=by_owner(parts.plugins, sections, found))


def by_owner(plugins: Iterable[Plugin], sections: Sections, found: list[Surveyed]) -> list[tuple[str, list[Surveyed]]]:
    """Return the sections under the title of the plugin that asks for them: core's first, then in their order."""
    titles = {plugin.name: plugin.manifest.title for plugin in plugins if plugin.manifest}
    owners = dict.fromkeys([CORE, *(sections.owners[each.section.name] for each in found)])
    groups = [(o, [each for each in found if sections.owners[each.section.name] == o]) for o in owners]
    return [(titles.get(owner, "General"), group) for owner, group in groups if group]


@blueprint.route(f"{URL}/<name>", methods=["GET", "POST"])
def section(name: str) -> ResponseReturnValue:
    """Show a section's form, or store what was typed into it."""
    visit = visit_to(name)
    if request.method == "GET":
        return render_template("admin/configuration/section.html", page=page_of(visit))
    require_permission(visit.person, visit.section.permission, "change these settings")
    return stored(visit, {name: values[-1] for name, values in request.form.to_dict(flat=False).items()})


def stored(visit: Visit, form: Mapping[str, str]) -> ResponseReturnValue:
    """Store the form and go on; or show it again with what stands in the way."""
    parts, section = machine(), visit.section
    store.lock(visit.session, section)  # judged against what is stored now, and nobody writes in between
    found = store.stored(visit.session, section)
    draft = drafts.judge(section, found, form, drafts.seen(parts.cipher, section, form.get("version", "")))
    if draft.is_refused:
        page = page_of(visit, draft)
        return render_template("admin/configuration/section.html", page=page), UNPROCESSABLE
    changed = store.write(visit.session, parts.cipher, section, draft.changes, actor_id=visit.person.id)
    left = missing(section, store.stored(visit.session, section))
    if changed:
        note_change("settings.changed", "settings", section.name, category=AuditCategory.CONFIG, field_names=changed)
    wants_test = form.get("then") == "test"
    if wants_test and not left:
        ask_for_test(visit)
    visit.session.commit()
    forget_links()
    flash_done(" ".join(part for part in (said(section, changed), left) if part))
    return redirect(visit.url if wants_test or left else URL, SEE_OTHER)


def said(section: SettingsSection, changed: tuple[str, ...]) -> str:
    """Return what was done, in a sentence."""
    if not changed:
        return f"Nothing was changed in {section.title}."
    return f"Saved {section.title}: {', '.join(section[name].label for name in changed)}."


@blueprint.route(f"{URL}/<name>/test", methods=["GET", "POST"])
def test(name: str) -> ResponseReturnValue:
    """Ask for a test, or say how it stands: as a part of the page for htmx, else as the page itself."""
    visit = visit_to(name)
    if request.method == "POST":
        require_permission(visit.person, visit.section.permission, "test this integration")
        ask_for_test(visit)
        visit.session.commit()
    if request.headers.get("HX-Request"):
        return render_template("admin/configuration/test_part.html", page=page_of(visit))
    return redirect(after_test(visit), SEE_OTHER)


def after_test(visit: Visit) -> str:
    """Return where to go on: the set-up page when the button stood there."""
    return "/admin/setup" if request.form.get("from") == "setup" else f"{visit.url}#test"


def ask_for_test(visit: Visit) -> None:
    """Write the job that asks the other side, unless there is a reason not to."""
    found = store.stored(visit.session, visit.section)
    if untestable(visit.section, found):
        return
    origin = Origin(actor_id=visit.person.id, request_id=g.request_id, title=f"Test {visit.section.title}"[:200])
    JobEffects(visit.session, machine(), origin).enqueue(testing.SLUG, testing.arguments(visit.section))
    note("settings.tested", "settings", visit.section.name, category=AuditCategory.CONFIG)


def untestable(section: SettingsSection, found: Mapping[str, Stored]) -> str:
    """Return why the section can't be tested now; empty when it can."""
    if not section.test:
        return "There is nothing to test."
    if not store.is_complete(section, found):
        return "Fill in what is missing first."
    address = found[section.reaches].value if section.reaches else None
    return testing.forbidden(machine().settings, section, address)


def page_of(visit: Visit, draft: Draft | None = None) -> SectionPage:
    """Return what the form shows."""
    section = visit.section
    (surveyed,) = survey(visit.session, [section])
    found = surveyed.found
    return SectionPage(
        section=section,
        url=visit.url,
        found=found,
        texts={**drafts.shown(section, found), **(draft.typed if draft else {})},
        standing=surveyed.standing,
        version=drafts.version(machine().cipher, section, found),
        may_change=visit.may_change,
        untestable=untestable(section, found),
        draft=draft or Draft(),
        changed=changed_last(visit.person, found),
    )


def changed_last(person: Person, found: Mapping[str, Stored]) -> Changed | None:
    """Return when the section was changed last and by whom; the name only for who may see names."""
    moments = [(each.changed_at, each.changed_by) for each in found.values() if each.changed_at]
    if not moments:
        return None
    at, by = max(moments, key=itemgetter(0))
    return Changed(at, by if person.has(NAMES) or not by else MASK)


def visit_to(name: str) -> Visit:
    """Return this request's visit, or raise NotFound with a way on."""
    sections = machine().shown_sections
    if name not in sections:
        raise NotFound("There are no such settings.", "Their plugin may be switched off; Settings lists what there is.")
    person = signed_in()
    return Visit(person, request_session(person), sections[name])

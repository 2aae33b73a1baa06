"""Something done on every address that takes a form, and what the audit log calls it."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from admin_core.access import ensure_roles
from admin_core.access.team import add_member
from admin_core.contributions import Letter
from admin_core.mail.asking import queue_mail
from schema.changes import ChangeRow
from schema.mail import MailMessage
from tests.journeys.api.programs import make_key, program
from tests.journeys.deed_world import World

FAQ, FAQS = "/admin/data/faq_entries/record", "/admin/data/faq_entries"
NETWORKS = "/admin/system/networks"
TEAM, ROLES = "/admin/staff", "/admin/staff/roles"
THANDI = [("name", "Thandi"), ("roles", "Viewer")]
MAY = [("permissions", "page:system:read"), ("then", "save")]
HOOKS = "/admin/system/webhooks"
HOOK = [("name", "Customer app"), ("url", "https://app.example.com/hooks"), ("events", "ping")]

IN_ITS_TESTS = "the sign-in, in tests/admin_core/access"
EXEMPT = {
    "networks.ask": "asks whether an address is allowed; nothing is written",
    "audit_trail.find": "reads entries of the log itself",
    "staff.end_sessions": "in its own tests: it takes a session that lives",
    "staff.leave": "in its own tests: staff.left, with what passes on",
    "exports.export": "in its own tests: exported at once, or asked for",
    "data.reveal_view": "a look: in the tests of the access log",
    "data.hide_view": "hides again what was shown; nothing is changed",
    "see_as.begin": "in its own tests",
    "see_as.end": "in its own tests",
    "admin.palette": "reads; what it finds is a matter of the access log",
    "data.lookup": "reads; what it finds is a matter of the access log",
    "data.search": "keeps words for the person who typed them; what it finds is a matter of the access log",
    "webhooks.receive": "what vendors send stands in incoming_webhooks; the job that acts on it has its entry",
    "approvals.approve": "in its own tests: it takes a plugin whose actions need two people",
    "approvals.refuse": "in its own tests",
    "approvals.withdraw": "in its own tests",
    "approvals.decide_alone": "in its own tests",
    "approvals.ask_again": "in its own tests",
    "sign_in.login": IN_ITS_TESTS,
    "sign_in.code": IN_ITS_TESTS,
    "sign_in.recovery": IN_ITS_TESTS,
    "sign_in.passkey": IN_ITS_TESTS,
    "sign_in.passkey_options": IN_ITS_TESTS,
    "sign_in.logout": IN_ITS_TESTS,
    "enrolment.enrol": IN_ITS_TESTS,
    "enrolment.passkey": IN_ITS_TESTS,
    "enrolment.passkey_options": IN_ITS_TESTS,
    "proving.verify": IN_ITS_TESTS,
    "proving.passkey": IN_ITS_TESTS,
    "account.change_password": IN_ITS_TESTS,
    "account.end_one": IN_ITS_TESTS,
    "account.end_others": IN_ITS_TESTS,
    "own_factors.authenticator": IN_ITS_TESTS,
    "own_factors.remove_authenticator": IN_ITS_TESTS,
    "own_factors.recovery_codes": IN_ITS_TESTS,
    "own_factors.passkey_options": IN_ITS_TESTS,
    "own_factors.add": IN_ITS_TESTS,
    "own_factors.rename": IN_ITS_TESTS,
    "own_factors.remove_passkey": IN_ITS_TESTS,
    "access.one_use_link": IN_ITS_TESTS,
}
"""POST routes that need no entry of their own, and why."""


def hook(world: World) -> str:
    made = world.post(f"{HOOKS}/new", f"{HOOKS}/new", HOOK)
    found = re.search(rf"{HOOKS}/([0-9a-f-]+)\"", made.text)
    assert found
    return f"{HOOKS}/{found[1]}"


def edit_hook(world: World) -> TestResponse:
    url = hook(world)
    return world.post(f"{url}/edit", f"{url}/edit", [*HOOK[1:], ("name", "Other")])


def renew_secret(world: World) -> TestResponse:
    url = hook(world)
    return world.post(f"{url}/secret", url)


def rotate_key(world: World) -> TestResponse:
    made = make_key(world.site, "feedback:read")
    with world.site.machine.database.sessions() as session:
        key = session.scalar(sa.text("SELECT id FROM admin.api_keys WHERE prefix = :p"), {"p": made.prefix})
    url = f"/admin/system/api-keys/{key}/rotate"
    return world.post(url, url, [("old_lasts", "24")])


def network(world: World) -> str:
    fields = [("network", f"2001:db8:{uuid4().hex[:4]}::/48"), ("label", uuid4().hex), ("enabled", "no")]
    world.post(f"{NETWORKS}/new", f"{NETWORKS}/new", fields)
    with world.site.machine.database.sessions() as session:
        newest = "SELECT id FROM admin.ip_allow_entries ORDER BY created_at DESC LIMIT 1"
        return f"{NETWORKS}/{session.scalar(sa.text(newest))}"


def change_network(world: World) -> TestResponse:
    url = network(world)
    return world.post(url, url, [("network", "0.0.0.0/0"), ("label", "Everywhere")])


def remove_network(world: World) -> TestResponse:
    url = f"{network(world)}/remove"
    return world.post(url, url)


def member(world: World) -> str:
    """Return the page of a new member."""

    def make(session: Session) -> UUID:
        viewer = ensure_roles(session)["Viewer"]
        return add_member(session, name="Thandi", email=f"{uuid4().hex}@example.com", roles=[viewer]).id

    return f"{TEAM}/{world.add(make)}"


def enable(world: World) -> TestResponse:
    url = member(world)
    world.post(f"{url}/disable", f"{url}/disable")
    return world.post(f"{url}/enable")


def withdraw(world: World) -> TestResponse:
    email = f"{uuid4().hex}@example.com"
    world.post(f"{TEAM}/invite", f"{TEAM}/invite", [("name", "Thandi"), ("email", email), ("roles", "Viewer")])
    with world.site.machine.database.sessions() as session:
        invited = session.scalar(sa.text("SELECT id FROM admin.staff_members WHERE email = :e"), {"e": email})
    return world.post(f"{TEAM}/{invited}/invitation", fields=[("deed", "withdraw")])


def delete_role(world: World) -> TestResponse:
    made = world.post(f"{ROLES}/new", f"{ROLES}/new", [("name", uuid4().hex), *MAY])
    return world.post(f"{made.location}/delete")


def edit_role(world: World) -> TestResponse:
    made = world.post(f"{ROLES}/new", f"{ROLES}/new", [("name", uuid4().hex), *MAY])
    return world.post(f"{made.location}/edit", f"{made.location}/edit", [("name", uuid4().hex), *MAY])


def undo(world: World) -> TestResponse:
    faq = world.faq()
    world.post(f"{FAQ}/{faq}/edit", f"{FAQ}/{faq}/edit", [("c-category", "billing"), *QUESTION])
    with world.site.machine.database.sessions() as session:
        newest = sa.select(ChangeRow.change_set_id).order_by(ChangeRow.id.desc()).limit(1)
        change = session.scalars(newest).one()
    return world.post(f"/admin/changes/{change}/undo")


def edit(world: World) -> TestResponse:
    url = f"{FAQ}/{world.faq()}/edit"
    return world.post(url, url, [("c-category", "billing"), *QUESTION])


def delete(world: World) -> TestResponse:
    url = f"{FAQ}/{world.faq()}/delete"
    return world.post(url, url)


def act(world: World) -> TestResponse:
    url = f"/admin/data/jobs/record/{world.job()}/action/core.cancel"
    return world.post(url, url)


def change_view(world: World) -> TestResponse:
    saved = world.post(f"{FAQS}/views", fields=[("name", uuid4().hex)])
    view = re.search(r"view=([0-9a-f-]+)", str(saved.location))
    assert view
    return world.post(f"{FAQS}/views/{view[1]}", fields=[("action", "delete")])


def unsubscribe(world: World) -> TestResponse:
    parts = world.site.machine
    letter = Letter(template="support.ticket-received", to="ada@example.com", variables={"name": "Ada", "number": 7})
    message = world.add(lambda session: queue_mail(session, parts.mailroom, letter))
    advertised = sa.update(MailMessage).where(MailMessage.id == message).values(mail_class="marketing")
    world.add(lambda session: session.execute(advertised))
    link = f"/u/{parts.mailroom.links.token(message, 'ada@example.com')}"
    return world.site.app.test_client().post(link)


def give_feedback(world: World) -> TestResponse:
    return program(world.site, "feedback:write").post("/feedback", {"feature": "ranking", "rating": 4}, uuid4().hex)


def asked_vendor(world: World) -> TestResponse:
    url = "/admin/settings/yoco"
    world.post(url, url, [("f-secret_key", "sk_live_0123456789")])
    return world.post(f"{url}/test")


QUESTION = [("c-question", "How?"), ("c-answer", "So."), ("c-state", "draft"), ("c-locale", "en-ZA")]
KEY = [("name", "Customer app"), ("scopes", "feedback:read"), ("rate_per_minute", "600"), ("lasts", "")]
STOP = [("q-email", "finn@example.com"), ("q-scope", "all"), ("q-why", "Asked by phone.")]
Deed = Callable[[World], TestResponse]

DEEDS: dict[str, tuple[Deed, str]] = {
    "access.preferences": (lambda w: w.post("/admin/preferences", fields=[("theme", "dark")]), "staff_members.edited"),
    "api-pages.create": (
        lambda w: w.post("/admin/system/api-keys/new", "/admin/system/api-keys/new", KEY),
        "api_keys.made",
    ),
    "api-pages.replace": (rotate_key, "api_keys.rotated"),
    "api.feedback": (give_feedback, "api.post-feedback"),
    "audit.verify": (lambda w: w.post("/admin/system/audit/integrity/verify"), "audit.verification-asked"),
    "audit_trail.report": (
        lambda w: w.post("/admin/system/audit/report", "/admin/system/audit/report", [("form", "csv")]),
        "audit.report-asked",
    ),
    "changes.take_back": (undo, "change_sets.undone"),
    "data.action_view": (act, "core.cancel"),
    "data.change_view": (change_view, "saved_views.deleted"),
    "data.choose_columns": (
        lambda w: w.post(f"{FAQS}/columns", fields=[("columns", "question")]),
        "staff_members.edited",
    ),
    "data.delete_view": (delete, "faq_entries.deleted"),
    "data.edit_view": (edit, "faq_entries.edited"),
    "data.new_view": (
        lambda w: w.post(f"{FAQS}/new", f"{FAQS}/new", [*QUESTION, ("c-category", "general"), ("c-position", "1")]),
        "faq_entries.created",
    ),
    "data.save_view": (lambda w: w.post(f"{FAQS}/views", fields=[("name", uuid4().hex)]), "saved_views.created"),
    "jobs.change_job": (lambda w: w.post(f"/admin/system/jobs/{w.job()}/cancel"), "jobs.cancelled"),
    "jobs.switch": (lambda w: w.post("/admin/system/jobs/queue/high/pause"), "queues.paused"),
    "mail.suppress": (lambda w: w.post("/admin/mail/suppress", "/admin/mail", STOP), "mail.stopped"),
    "mail.test": (lambda w: w.post("/admin/mail/support.ticket-received/test"), "mail.test-asked"),
    "networks.change": (change_network, "networks.changed"),
    "networks.create": (
        lambda w: w.post(f"{NETWORKS}/new", f"{NETWORKS}/new", [("network", "10.0.0.0/8"), ("label", "Inner")]),
        "networks.added",
    ),
    "networks.remove": (remove_network, "networks.removed"),
    "plugins_page.press": (
        lambda w: w.post("/admin/system/plugins/customers", fields=[("enabled", "no"), ("reason", "Moving.")]),
        "plugins.switched-off",
    ),
    "roles.edit": (edit_role, "roles.edited"),
    "roles.new": (
        lambda w: w.post(f"{ROLES}/new", f"{ROLES}/new", [("name", uuid4().hex), *MAY]),
        "roles.created",
    ),
    "roles.press": (delete_role, "roles.deleted"),
    "settings.section": (
        lambda w: w.post("/admin/settings/company", "/admin/settings/company", [("f-legal_name", uuid4().hex)]),
        "settings.changed",
    ),
    "settings.test": (asked_vendor, "settings.tested"),
    "setup.remind": (lambda w: w.post("/admin/setup/reminder", fields=[("then", "hide")]), "settings.created"),
    "staff.disable": (lambda w: w.post(f"{(url := member(w))}/disable", f"{url}/disable"), "staff.disabled"),
    "staff.enable": (enable, "staff.enabled"),
    "staff.invitation": (withdraw, "staff.invitation-withdrawn"),
    "staff.invite": (
        lambda w: w.post(f"{TEAM}/invite", f"{TEAM}/invite", [*THANDI, ("email", f"{uuid4().hex}@example.com")]),
        "staff.invited",
    ),
    "staff.reset_factor": (lambda w: w.post(f"{member(w)}/reset-factor"), "staff.factor-reset"),
    "staff.roles": (lambda w: w.post(f"{member(w)}/roles", fields=[("roles", "Support")]), "staff.roles-changed"),
    "unsubscribe.page": (unsubscribe, "suppressions.created"),
    "webhook_pages.change": (lambda w: w.post(f"{hook(w)}/disable"), "webhooks.disabled"),
    "webhook_pages.edit": (edit_hook, "webhooks.edited"),
    "webhook_pages.new": (lambda w: w.post(f"{HOOKS}/new", f"{HOOKS}/new", HOOK), "webhooks.made"),
    "webhook_pages.new_secret": (renew_secret, "webhooks.secret-renewed"),
}
"""POST route → something done there, and what the audit log calls it."""

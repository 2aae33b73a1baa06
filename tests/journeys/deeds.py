"""Something done on every address that takes a form, and what the audit log calls it."""

import html
import re
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from admin_core.contributions import Letter
from admin_core.exports import pages
from admin_core.mail.asking import queue_mail
from schema.changes import ChangeRow
from schema.mail import MailMessage
from schema.views import Selection
from tests.journeys.alert_deeds import ALERT_DEEDS
from tests.journeys.api.programs import make_key, program
from tests.journeys.deed_world import Deed, World
from tests.journeys.flag_deeds import FLAG_EXEMPT
from tests.journeys.impersonation_deeds import IMPERSONATION_DEEDS
from tests.journeys.import_deeds import IMPORT_DEEDS
from tests.journeys.merging_deeds import MERGING_DEEDS
from tests.journeys.program_deeds import PROGRAM_DEEDS, PROGRAM_EXEMPT
from tests.journeys.source_deeds import FILE_DEEDS, SOURCE_DEEDS
from tests.journeys.team_deeds import TEAM_DEEDS

FAQ, FAQS = "/admin/data/faq_entries/record", "/admin/data/faq_entries"
NETWORKS = "/admin/system/networks"
HOOKS = "/admin/system/webhooks"
HOOK = [("name", "Customer app"), ("url", "https://app.example.com/hooks"), ("events", "ping")]

ACCESS = "tests/admin_core/access"
IMPERSONATION = "tests/journeys/test_impersonation.py"
EXEMPT: dict[str, str | tuple[str, str]] = {
    **FLAG_EXEMPT,
    **PROGRAM_EXEMPT,
    "networks.ask": "asks whether an address is allowed; nothing is written",
    "audit_trail.find": "reads entries of the log itself",
    "bulk.select": "keeps the keys of rows for the person who chose them; what is done to them has its entry",
    "api.impersonations-consume": (IMPERSONATION, "customers.impersonation-begun"),
    "api.impersonations-id-activity": (IMPERSONATION, "data.impersonation"),
    "api.impersonations-id-end": (IMPERSONATION, "customers.impersonation-ended"),
    "data.hide_view": "hides again what was shown; nothing is changed",
    "admin.palette": "reads; what it finds is a matter of the access log",
    "admin.seen": "remembers for oneself alone which record was opened, by its key; reads have entries of their own",
    "data.lookup": "reads; what it finds is a matter of the access log",
    "data.search": "keeps words for the person who typed them; what it finds is a matter of the access log",
    "webhooks.receive": "what vendors send stands in incoming_webhooks; the job that acts on it has its entry",
    "sign_in.passkey_options": "hands out a challenge",
    "enrolment.passkey_options": "hands out a challenge",
    "own_factors.passkey_options": "hands out a challenge",
    "data.reveal_view": ("tests/journeys/test_reveal.py", "data.reveal"),
    "approvals.approve": ("tests/journeys/test_approvals.py", "approval.approved"),
    "approvals.refuse": ("tests/journeys/test_approvals.py", "approval.refused"),
    "approvals.withdraw": ("tests/journeys/test_approvals.py", "approval.withdrawn"),
    "approvals.ask_again": ("tests/journeys/test_approvals.py", "approval.requested"),
    "approvals.decide_alone": ("tests/journeys/test_deciding_alone.py", "approval.alone"),
    "access.one_use_link": ("tests/journeys/test_history.py", "staff.signed-in"),
    "sign_in.login": (f"{ACCESS}/test_second_factor.py", "staff.locked"),
    "sign_in.code": (f"{ACCESS}/test_second_factor.py", "staff.signed-in"),
    "sign_in.recovery": (f"{ACCESS}/test_account.py", "staff.recovery-code-used"),
    "sign_in.passkey": ("tests/journeys/browser/test_sign_in.py", "staff.signed-in"),
    "sign_in.logout": (f"{ACCESS}/test_second_factor.py", "staff.signed-out"),
    "enrolment.enrol": (f"{ACCESS}/test_links.py", "staff.factor-enrolled"),
    "enrolment.passkey": ("tests/journeys/browser/test_sign_in.py", "staff.factor-enrolled"),
    "proving.verify": (f"{ACCESS}/test_account.py", "staff.proved"),
    "proving.passkey": ("tests/journeys/browser/test_sign_in.py", "staff.proved"),
    "account.change_password": (f"{ACCESS}/test_account.py", "staff.password-changed"),
    "own_factors.authenticator": (f"{ACCESS}/test_account.py", "staff.factor-changed"),
    "own_factors.remove_authenticator": (f"{ACCESS}/test_account.py", "staff.factor-changed"),
    "own_factors.recovery_codes": (f"{ACCESS}/test_account.py", "staff.factor-changed"),
    "own_factors.rename": (f"{ACCESS}/test_account.py", "staff.passkey-renamed"),
    "own_factors.remove_passkey": (f"{ACCESS}/test_account.py", "staff.factor-changed"),
    "own_factors.add": ("tests/journeys/browser/test_sign_in.py", "staff.factor-changed"),
}
"""POST routes without a deed below: why they leave no entry, or the test that looks for which."""


def hook(world: World) -> str:
    made = world.post(f"{HOOKS}/new", f"{HOOKS}/new", HOOK)
    found = re.search(rf"{HOOKS}/([0-9a-f-]+)\"", made.text)
    assert found
    return f"{HOOKS}/{found[1]}"


def edit_hook(world: World) -> TestResponse:
    url = hook(world)
    return world.deed(f"{url}/edit", f"{url}/edit", [*HOOK[1:], ("name", "Other")])


def renew_secret(world: World) -> TestResponse:
    url = hook(world)
    return world.deed(f"{url}/secret", url)


def rotate_key(world: World) -> TestResponse:
    made = make_key(world.site, "feedback:read")
    with world.site.machine.database.sessions() as session:
        key = session.scalar(sa.text("SELECT id FROM admin.api_keys WHERE prefix = :p"), {"p": made.prefix})
    url = f"/admin/system/api-keys/{key}/rotate"
    return world.deed(url, url, [("old_lasts", "24")])


def network(world: World) -> str:
    fields = [("network", f"2001:db8:{uuid4().hex[:4]}::/48"), ("label", uuid4().hex), ("enabled", "no")]
    world.post(f"{NETWORKS}/new", f"{NETWORKS}/new", fields)
    with world.site.machine.database.sessions() as session:
        newest = "SELECT id FROM admin.ip_allow_entries ORDER BY created_at DESC LIMIT 1"
        return f"{NETWORKS}/{session.scalar(sa.text(newest))}"


def change_network(world: World) -> TestResponse:
    url = network(world)
    return world.deed(url, url, [("network", "0.0.0.0/0"), ("label", "Everywhere")])


def remove_network(world: World) -> TestResponse:
    url = f"{network(world)}/remove"
    return world.deed(url, url)


def export(world: World) -> TestResponse:
    world.faq()
    return world.deed(f"{FAQS}/export", fields=[("format", "csv")])


def ask_for_export(world: World) -> TestResponse:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "AT_ONCE", 0)
        return export(world)


def undo(world: World) -> TestResponse:
    faq = world.faq()
    world.post(f"{FAQ}/{faq}/edit", f"{FAQ}/{faq}/edit", [("c-category", "billing"), *QUESTION])
    with world.site.machine.database.sessions() as session:
        newest = sa.select(ChangeRow.change_set_id).order_by(ChangeRow.id.desc()).limit(1)
        change = session.scalars(newest).one()
    return world.deed(f"/admin/changes/{change}/undo")


def edit(world: World) -> TestResponse:
    url = f"{FAQ}/{world.faq()}/edit"
    return world.deed(url, url, [("c-category", "billing"), *QUESTION])


def delete(world: World) -> TestResponse:
    url = f"{FAQ}/{world.faq()}/delete"
    return world.deed(url, url)


def act(world: World) -> TestResponse:
    url = f"/admin/data/jobs/record/{world.job()}/action/core.cancel"
    return world.deed(url, url)


def change_view(world: World) -> TestResponse:
    saved = world.post(f"{FAQS}/views", fields=[("name", uuid4().hex)])
    view = re.search(r"view=([0-9a-f-]+)", str(saved.location))
    assert view
    return world.deed(f"{FAQS}/views/{view[1]}", fields=[("action", "delete")])


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
    return world.deed(f"{url}/test")


def many(world: World, listed: str, record: UUID, part: str, *typed: tuple[str, str]) -> TestResponse:
    """Select a row, look at what would happen, and do it."""
    url = world.post(f"{listed}/select", fields=[("rowid", str(record)), ("do", part)]).location
    shown = world.post(url, fields=[("step", "preview"), *typed]).text
    carried = [(name, html.unescape(value)) for name, value in CARRIED.findall(shown)]
    if world.by is not None:  # a selection is its owner's alone: they hold one, and everything but the right
        own = sa.update(Selection).where(Selection.id == UUID(url.split("/")[3]))
        member_id = world.site.member(world.by)
        world.add(lambda session: session.execute(own.values(owner_id=member_id)))
    return world.deed(url, fields=[("step", "do"), *carried, *typed])


CARRIED = re.compile(r'<input type="hidden" name="(once|seen)" value="([^"]*)"')


QUESTION = [("c-question", "How?"), ("c-answer", "So."), ("c-state", "draft"), ("c-locale", "en-ZA")]
KEY = [("name", "Customer app"), ("scopes", "feedback:read"), ("rate_per_minute", "600"), ("lasts", "")]
STOP = [("q-email", "finn@example.com"), ("q-scope", "all"), ("q-why", "Asked by phone.")]


DEEDS: dict[str, Deed] = {
    **ALERT_DEEDS,
    **IMPORT_DEEDS,
    **MERGING_DEEDS,
    **PROGRAM_DEEDS,
    **SOURCE_DEEDS,
    **FILE_DEEDS,
    **IMPERSONATION_DEEDS,
    **TEAM_DEEDS,
    "api-pages.create": Deed(
        lambda w: w.deed("/admin/system/api-keys/new", "/admin/system/api-keys/new", KEY),
        "api_keys.made",
        "core:api_keys:control",
    ),
    "api-pages.replace": Deed(rotate_key, "api_keys.rotated", "core:api_keys:control"),
    "api.feedback": Deed(give_feedback, "api.post-feedback"),
    "audit.verify": Deed(
        lambda w: w.deed("/admin/system/audit/integrity/verify"), "audit.verification-asked", "core:audit:verify"
    ),
    "audit_trail.report": Deed(
        lambda w: w.deed("/admin/system/audit/report", "/admin/system/audit/report", [("form", "csv")]),
        "audit.report-asked",
        "core:audit:report",
    ),
    "bulk.act": Deed(
        lambda w: many(w, "/admin/data/jobs", w.job(), "action/core.cancel"), "core.cancel", "core:jobs:control"
    ),
    "bulk.delete": Deed(
        lambda w: many(w, FAQS, w.faq(), "delete"), "faq_entries.bulk-deleted", "data:faq_entries:delete"
    ),
    "bulk.edit": Deed(
        lambda w: many(w, FAQS, w.faq(), "edit", ("do-position", "set"), ("c-position", "7")),
        "faq_entries.bulk-edited",
        "data:faq_entries:edit",
    ),
    "changes.take_back": Deed(undo, "change_sets.undone", "data:faq_entries:edit"),
    "data.action_view": Deed(act, "core.cancel", "core:jobs:control"),
    "data.change_view": Deed(change_view, "saved_views.deleted"),
    "data.choose_columns": Deed(
        lambda w: w.deed(f"{FAQS}/columns", fields=[("columns", "question")]),
        "staff_members.edited",
    ),
    "data.delete_view": Deed(delete, "faq_entries.deleted", "data:faq_entries:delete"),
    "data.edit_view": Deed(edit, "faq_entries.edited", "data:faq_entries:edit"),
    "data.new_view": Deed(
        lambda w: w.deed(f"{FAQS}/new", f"{FAQS}/new", [*QUESTION, ("c-category", "general"), ("c-position", "1")]),
        "faq_entries.created",
        "data:faq_entries:create",
    ),
    "data.save_view": Deed(lambda w: w.deed(f"{FAQS}/views", fields=[("name", uuid4().hex)]), "saved_views.created"),
    "exports.export": Deed(export, "faq_entries.exported", "data:faq_entries:export"),
    "exports.export later": Deed(ask_for_export, "faq_entries.export-asked", "data:faq_entries:export"),
    "jobs.change_job": Deed(
        lambda w: w.deed(f"/admin/system/jobs/{w.job()}/cancel"), "jobs.cancelled", "core:jobs:control"
    ),
    "jobs.switch": Deed(lambda w: w.deed("/admin/system/jobs/queue/high/pause"), "queues.paused", "core:jobs:control"),
    "mail.suppress": Deed(
        lambda w: w.deed("/admin/mail/suppress", "/admin/mail", STOP), "mail.stopped", "core:suppressions:add"
    ),
    "mail.test": Deed(
        lambda w: w.deed("/admin/mail/support.ticket-received/test"), "mail.test-asked", "core:mail:test"
    ),
    "networks.change": Deed(change_network, "networks.changed", "core:networks:edit"),
    "networks.create": Deed(
        lambda w: w.deed(f"{NETWORKS}/new", f"{NETWORKS}/new", [("network", "10.0.0.0/8"), ("label", "Inner")]),
        "networks.added",
        "core:networks:edit",
    ),
    "networks.remove": Deed(remove_network, "networks.removed", "core:networks:edit"),
    "plugins_page.press": Deed(
        lambda w: w.deed("/admin/system/plugins/customers", fields=[("enabled", "no"), ("reason", "Moving.")]),
        "plugins.switched-off",
        "core:plugins:control",
    ),
    "settings.section": Deed(
        lambda w: w.deed("/admin/settings/company", "/admin/settings/company", [("f-legal_name", uuid4().hex)]),
        "settings.changed",
        "core:settings:change",
    ),
    "settings.test": Deed(asked_vendor, "settings.tested", "core:settings:change"),
    "setup.remind": Deed(
        lambda w: w.deed("/admin/setup/reminder", fields=[("then", "hide")]), "settings.created", "core:settings:change"
    ),
    "unsubscribe.page": Deed(unsubscribe, "suppressions.created"),
    "webhook_pages.change": Deed(lambda w: w.deed(f"{hook(w)}/disable"), "webhooks.disabled", "core:webhooks:control"),
    "webhook_pages.edit": Deed(edit_hook, "webhooks.edited", "core:webhooks:control"),
    "webhook_pages.new": Deed(
        lambda w: w.deed(f"{HOOKS}/new", f"{HOOKS}/new", HOOK), "webhooks.made", "core:webhooks:control"
    ),
    "webhook_pages.new_secret": Deed(renew_secret, "webhooks.secret-renewed", "core:webhooks:control"),
}
"""POST route → something done there; more than one thing where a word follows its name."""

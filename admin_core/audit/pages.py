"""The page of the audit log: its state at a glance. Who looked at whose data: ``look_pages``."""

from datetime import UTC, datetime

from flask import Blueprint, Flask, g, redirect, render_template
from flask.typing import ResponseReturnValue

from admin_core.access import signed_in
from admin_core.audit.overview import overview
from admin_core.audit.web import note
from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import Origin
from admin_core.machine import machine, request_session
from admin_core.policy import require_permission
from admin_core.surfaces import admin, declare
from admin_core.theme.feedback import flash_done
from schema.audit import AuditCategory

SEE_OTHER = 303
VERIFY = "core:audit:verify"
AUDIT_URL = "/admin/system/audit/integrity"
pages = Blueprint("audit", __name__)


def install(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(pages)
    declare(
        app,
        {
            "audit.state": admin("page:system:read"),
            "audit.verify": admin(VERIFY),
        },
    )


@pages.get(AUDIT_URL)
def state() -> ResponseReturnValue:
    """Show checkpoints, anchors, the queue and the last verification."""
    person = signed_in()
    found = overview(request_session(person))
    return render_template(
        "admin/system/audit.html",
        log=found,
        is_late=found.is_late(datetime.now(UTC)),
        may_verify=person.has(VERIFY),
    )


@pages.post(f"{AUDIT_URL}/verify")
def verify() -> ResponseReturnValue:
    """Ask for a verification; it runs as a job."""
    person = signed_in()
    session = request_session(person)
    require_permission(person, VERIFY, "verify the log")
    origin = Origin(actor_id=person.id, request_id=g.request_id)
    JobEffects(session, machine(), origin).enqueue("core.verify-audit")
    note("audit.verification-asked", "audit_entries", category=AuditCategory.JOB)
    session.commit()
    flash_done("The log is being verified. The result will stand here.")
    return redirect(AUDIT_URL, SEE_OTHER)

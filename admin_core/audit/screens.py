"""Pages over the entries: search, one entry with its proof, and asking for a report."""

from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin_core.audit import entry_page, reports
from admin_core.audit.checking import Host, checked
from admin_core.audit.filters import Read, read_filter
from admin_core.audit.listing import BASE, listing, sees_ip
from admin_core.audit.overview import members
from admin_core.audit.web import note
from admin_core.ciphers import Unreadable
from admin_core.database import limit_statements
from admin_core.effects import JobEffects
from admin_core.generator.context import Context
from admin_core.generator.urls import with_query
from admin_core.generator.view import context
from admin_core.jobs.arguments import ArgumentRefused
from admin_core.jobs.enqueue import Origin
from admin_core.jobs_screen.lines import job_url
from admin_core.machine import Machine, machine
from admin_core.once import first_time, new_token
from admin_core.policy import Refused, require_permission
from admin_core.surfaces import admin, declare
from schema.audit import AuditCategory, AuditOutcome

READ, REPORT = "page:system:read", reports.PERMISSION
SEE_OTHER, UNPROCESSABLE = 303, 422
HIDDEN = "audit address"
"""What an address is encrypted for before it stands in a link: it is personal."""
pages = Blueprint("audit_trail", __name__)


def install(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(pages)
    declare(app, {"audit_trail.*": admin(READ)})


@pages.get(BASE)
def entries() -> ResponseReturnValue:
    """Show entries, the newest first, as far as the filter in the address goes."""
    ctx = context()
    limit_statements(ctx.session)
    read = wanted(ctx)
    found = listing(ctx, machine().jobs, read.wanted, request.args.get("before", ""))
    return list_page(ctx, read, found=found), UNPROCESSABLE if read.errors else 200


@pages.post(BASE)
def find() -> ResponseReturnValue:
    """Take a filter that holds an address, which must not stand in a link, and go to the list."""
    ctx = context()
    read = read_filter(request.form)
    if read.errors:
        return list_page(ctx, read), UNPROCESSABLE
    words = read.wanted.words()
    if read.wanted.ip:
        require_sight(ctx)
        words["from"] = machine().cipher.seal(HIDDEN, read.wanted.ip)
    return redirect(with_query(BASE, list(words.items())), SEE_OTHER)


@pages.get(f"{BASE}/entries/<uuid:entry_id>")
def entry(entry_id: UUID) -> ResponseReturnValue:
    """Show one entry; with ``prove``, whether it is the one that was sealed."""
    parts = machine()
    # Proved first, and on a connection of its own: the page's session has none yet, and a request needs one at a time.
    steps = checked(parts.database, entry_id, host_of(parts)) if "prove" in request.args else None
    ctx = context()
    limit_statements(ctx.session)
    found = entry_page.opened(ctx, parts.jobs, entry_id)
    return render_template("admin/audit/entry.html", page=found, steps=steps, base=BASE)


def host_of(parts: Machine) -> Host:
    """Return what this host can bring to a proof."""
    place = parts.settings.audit_anchor_dir
    return Host(parts.audit.keys.macs, Path(place) if place else None)


@pages.route(f"{BASE}/report", methods=["GET", "POST"])
def report() -> ResponseReturnValue:
    """Ask for a report: its period, its filter, its form."""
    ctx = context()
    require_permission(ctx.person, REPORT, "take reports of the audit log along")
    read, form = read_filter({**request.args, **request.form}), request.form.get("form", "")
    if request.method == "GET":
        return report_page(ctx, read)
    errors = {**read.errors, **({} if form in reports.MEDIA else {"form": "Choose one."})}
    if not first_time(ctx.session, f"audit-report:{ctx.person.id}", request.form.get("once", ""), ctx.now):
        return redirect(BASE, SEE_OTHER)
    if errors:
        ctx.session.rollback()
        return report_page(ctx, Read(read.wanted, errors)), UNPROCESSABLE
    origin = Origin(actor_id=ctx.person.id, request_id=g.request_id)
    asked = reports.arguments(form, read.wanted)
    try:
        job = JobEffects(ctx.session, machine(), origin).enqueue(reports.JOB, asked)
    except ArgumentRefused:
        ctx.session.rollback()
        wrong = {"action": "A report cannot be about this. Choose by who, kind, outcome and period."}
        return report_page(ctx, Read(read.wanted, wrong)), UNPROCESSABLE
    note("audit.report-asked", "jobs", str(job), category=AuditCategory.EXPORT)
    ctx.session.commit()
    return redirect(job_url(job), SEE_OTHER)


def report_page(ctx: Context, read: Read) -> str:
    """Return the form with what was typed."""
    return render_template(
        "admin/audit/report.html",
        typed={**request.args.to_dict(), **request.form.to_dict()},
        errors=read.errors,
        members=members(ctx.session, ctx.person),
        categories=choices(AuditCategory),
        outcomes=choices(AuditOutcome),
        sees_ip=False,
        forms=reports.LABELS,
        once=request.form.get("once") or new_token(),
        base=BASE,
    )


def list_page(ctx: Context, read: Read, found: Any = None) -> str:
    """Return the list with its form; without entries when what was asked cannot be answered."""
    hidden = request.args.get("from", "")
    here = [*read.wanted.words().items(), *([("from", hidden)] if hidden and read.wanted.ip else [])]
    return render_template(
        "admin/audit/entries.html",
        found=found,
        typed={
            **request.args.to_dict(),
            **request.form.to_dict(),
            **({"ip": read.wanted.ip} if read.wanted.ip else {}),
        },
        errors=read.errors,
        members=members(ctx.session, ctx.person),
        categories=choices(AuditCategory),
        outcomes=choices(AuditOutcome),
        sees_ip=sees_ip(ctx),
        is_filtered=bool(here),
        older=with_query(BASE, [*here, ("before", found.older)]) if found and found.older else "",
        may_report=ctx.person.has(REPORT),
        base=BASE,
    )


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Return words to choose from."""
    return [(each.value, each.value.replace("_", " ").capitalize()) for each in words]


def wanted(ctx: Context) -> Read:
    """Return the filter of the address; an address of a caller stands in it encrypted."""
    args = {name: text for name, text in request.args.items() if name != "ip"}
    if hidden := args.get("from"):
        require_sight(ctx)
        try:
            args["ip"] = machine().cipher.open(HIDDEN, hidden)
        except Unreadable:
            read = read_filter(args)
            return Read(read.wanted, {**read.errors, "ip": "This link is too old: type the address again."})
    return read_filter(args)


def require_sight(ctx: Context) -> None:
    """Refuse who may not see addresses: finding entries by one would tell it."""
    if not sees_ip(ctx):
        raise Refused("You may not search by address: your roles do not show addresses in clear.", "pii:ip:read")

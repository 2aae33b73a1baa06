"""Home: what needs a decision today, then the numbers, both from plugins; then every kind of record."""

from datetime import UTC, datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_core import briefing
from admin_core.access import current_person, signed_in
from admin_core.alerts import overview as alerts
from admin_core.approvals.queue import home_line
from admin_core.audit.reads import page_reads
from admin_core.configuration.links import refresh_links
from admin_core.configuration.steps import reminder
from admin_core.dashboards import tiles
from admin_core.generator.context import Context
from admin_core.generator.view import context
from admin_core.machine import machine, request_session
from admin_core.palette.answers import palette_results
from admin_core.palette.recent import place_of, remember
from admin_core.policy import Person
from admin_core.theme.formats import local

NO_CONTENT = 204
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


class HomeView(BaseView):
    """The first page after sign-in, and the palette's answers."""

    def __init__(self) -> None:
        super().__init__(name="Home", endpoint="admin", url="/admin")

    def is_accessible(self) -> bool:
        """Return whether somebody is signed in; what they see is decided part by part."""
        return current_person() is not None

    def _run_view(self, fn: Any, *arguments: Any, **named: Any) -> Any:
        """Run the route once: Flask-Admin's own version calls it again after any TypeError."""
        return fn(self, *arguments, **named)

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Show home."""
        person, parts = signed_in(), machine()
        refresh_links(request_session(person))
        session, now = request_session(person), datetime.now(UTC)
        ctx = Context(session, person, parts.registry, parts.cipher, now, reads=page_reads())
        plugins = parts.plugins
        broken = briefing.broken_plugins(person, plugins, parts.settings.disabled_plugins)
        return self.render(
            "admin/index.html",
            greeting=greeting(person, ctx.now),
            subtitle=today(ctx.now),
            decisions=[
                *broken,
                *alerts.home_line(ctx.session, person),
                *home_line(ctx.session, parts.actions.without(plugins.switches.off()), person, ctx.now),
                *briefing.decisions(ctx, plugins.items("register_waiting"), plugins.circuits),
                *reminder(ctx.session, person, parts.shown_sections),
            ],
            tiles=tiles.home_tiles(ctx, parts.figures, plugins.circuits),
        )

    @expose("/palette", methods=["GET", "POST"])
    def palette(self) -> ResponseReturnValue:
        """Answer what was typed with pages and records. Posted, because it may be somebody's e-mail address."""
        ctx, typed = context(), request.form.get("q", "")
        place = place_of(ctx, request.form.get("model", ""), request.form.get("record", ""))
        groups = palette_results(machine(), ctx, typed, place)
        if request.headers.get("HX-Request"):
            return render_template("admin/palette.html", groups=groups, typed=typed, partial=True)
        return self.render("admin/palette.html", groups=groups, typed=typed, partial=False)

    @expose("/palette/seen", methods=["POST"])
    def seen(self) -> ResponseReturnValue:
        """Remember, for this person alone, which record they opened; the page says so once it is there."""
        ctx = context()
        place = place_of(ctx, request.form.get("model", ""), request.form.get("record", ""))
        if place is not None and ctx.person.seeing is None:
            remember(ctx, place)
            ctx.session.commit()
        return "", NO_CONTENT


def greeting(person: Person, now: datetime) -> str:
    """Return a greeting for the time of day in Johannesburg."""
    hour = local(now).hour
    part = "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"  # noqa: PLR2004 (clock)
    return f"{part}, {person.name.split(' ')[0]}"


def today(now: datetime) -> str:
    """Return the day in Johannesburg: ``Monday, 23 November 2026``."""
    here = local(now)
    return f"{DAYS[here.weekday()]}, {here.day} {MONTH_NAMES[here.month - 1]} {here.year}"

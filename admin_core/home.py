"""Home: what needs a decision today, then the numbers, both from plugins; then every kind of record."""

from datetime import UTC, datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_core.access import current_person
from admin_core.machine import machine, request_session
from admin_core.palette import palette_results
from admin_core.policy import Person
from admin_core.theme.formats import local


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
        person = signed_in()
        session = request_session(person)
        plugins = machine().plugins
        decisions = [d for d in plugins.items("home_decisions", session=session) if allowed(person, d) and d.count]
        tiles = [t for t in plugins.items("home_tiles", session=session) if allowed(person, t)]
        return self.render(
            "admin/index.html",
            greeting=greeting(person, datetime.now(UTC)),
            decisions=decisions,
            tiles=tiles,
        )

    @expose("/palette", methods=["GET", "POST"])
    def palette(self) -> ResponseReturnValue:
        """Answer what was typed with pages and records. Posted, because it may be somebody's e-mail address."""
        person = signed_in()
        typed = request.form.get("q", "")
        groups = palette_results(machine(), person, typed)
        if request.headers.get("HX-Request") or request.method == "POST":
            return render_template("admin/palette.html", groups=groups, typed=typed, partial=True)
        return self.render("admin/palette.html", groups=groups, typed=typed, partial=False)


def signed_in() -> Person:
    """Return the person of this request; the access gate has seen to it that there is one."""
    person = current_person()
    assert person is not None
    return person


def allowed(person: Person, part: Any) -> bool:
    """Return whether the person may see a contribution."""
    return not part.permission or person.has(part.permission)


def greeting(person: Person, now: datetime) -> str:
    """Return a greeting for the time of day in Johannesburg."""
    hour = local(now).hour
    part = "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"  # noqa: PLR2004 (clock)
    return f"{part}, {person.name.split(' ')[0]}"

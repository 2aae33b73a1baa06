"""The set-up of a new installation as steps: sections that plugins declare as such, and the team. How far it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core import settings_store as store
from admin_core.configuration.standing import Standing, Surveyed
from admin_core.policy import Person
from admin_core.setting_fields import SettingField, SettingsSection
from admin_core.settings_store import Sections
from admin_core.theme.tiles import Decision
from schema.settings import Setting
from schema.staff import StaffMember

URL = "/admin/setup"
READ = "page:settings:read"
ENOUGH = 2
"""Members without whom nobody can help an Owner who has lost the second factor."""
TEAM = "team"
STATE = SettingsSection(
    name="setup",
    title="Set-up",
    description="Whether home still reminds of the set-up.",
    fields=(SettingField(name="dismissed", label="Dismissed", kind="switch", default=False),),
)
"""Kept like settings, shown by the set-up page alone."""


@dataclass(frozen=True)
class Step:
    """One thing to do on day one."""

    name: str
    title: str
    icon: str
    what_for: str
    guide: str
    standing: Standing
    url: str = ""
    """Its form; empty for the team."""
    untestable: str = "There is nothing to test."
    """Why there is no Test button; empty when there is one."""

    @property
    def is_done(self) -> bool:
        """True when nothing is left to do here. An integration that was not tested counts, one that fails doesn't."""
        return self.standing.word not in {"not set up", "as shipped", "failing"}


def team_step(members: int) -> Step:
    """Return the step about the team; the screens for it come later, the command line invites already."""
    people = "1 member" if members == 1 else f"{members} members"
    return Step(
        name=TEAM,
        title="Team",
        icon="users",
        what_for=f"Who works here: {people} now. A second Owner can help when the first has lost a password or phone.",
        guide="On the server: admin staff invite --owner E-MAIL prints a link that lets them choose a password.",
        standing=Standing("set up" if members >= ENOUGH else "not set up"),
    )


def step_of(surveyed: Surveyed, untestable: str) -> Step:
    """Return the step of a section."""
    section = surveyed.section
    return Step(
        section.name, section.title, section.icon, section.description, section.guide, surveyed.standing,
        f"/admin/settings/{section.name}", untestable,
    )  # fmt: skip


def members(session: Session) -> int:
    """Return how many people may sign in."""
    return session.scalar(select(func.count()).select_from(StaffMember).where(StaffMember.active)) or 0


def is_dismissed(session: Session) -> bool:
    """Return whether home shall not remind of the set-up any more."""
    statement = select(Setting.value).where(Setting.section == STATE.name, Setting.name == "dismissed")
    value = session.scalar(statement)
    return bool(value and value.get("v"))


def reminder(session: Session, person: Person, sections: Sections) -> list[Decision]:
    """Return home's line about the set-up: nothing when it is done or dismissed, or none of the person's business."""
    if not person.has(READ) or is_dismissed(session):
        return []
    known = store.states(session, [section.name for section in sections.steps])
    done = {name for name, state in known.items() if state.configured and state.last_test_ok is not False}
    left = [section.title for section in sections.steps if section.name not in done]
    left += ["Team"] if members(session) < ENOUGH else []
    return line(left, len(sections.steps) + 1)


def line(left: Sequence[str], total: int) -> list[Decision]:
    """Return the line for what is left."""
    if not left:
        return []
    noun = "set-up step is" if len(left) == 1 else "set-up steps are"
    return [Decision(f"of {total} {noun} left", len(left), URL, "checklist", "info", f"Next: {left[0]}.")]

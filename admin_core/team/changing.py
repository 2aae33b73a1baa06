"""Changes to members: roles, access, second factor, sessions. Each asks first whether it may; the caller commits.

Three laws hold everywhere: nobody hands out what they lack, nobody changes their own access, and an active Owner
stays. ``lock_team`` comes first, so that they also hold for two people at once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.access.factors import reset_factors
from admin_core.access.links import make_link
from admin_core.access.sessions import end_session, end_sessions, open_sessions
from admin_core.contributions import ActionRefused
from admin_core.policy import Person
from admin_core.policy.limits import allowed_by, held_of
from admin_core.policy.roles import OWNER
from admin_core.team import members, rules
from admin_core.team.members import Member
from admin_core.team.rules import Limit, Names
from schema.sign_in import LinkPurpose
from schema.staff import Role, StaffMember

SHOWN_NAMES = 3


@dataclass(frozen=True)
class Desk:
    """Who changes the team, and over what."""

    session: Session
    person: Person
    known: Collection[Names]
    """Every permission there is."""
    now: datetime
    idle: timedelta
    """After how long without use a session ends."""
    limited: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Amounts of roles, by column, with the permissions of the actions that are bound by them."""


def begin(desk: Desk, member_id: UUID, deed: str) -> Member:
    """Return the member as they are now, held against other changes; refuse what may not be done to them."""
    members.lock_team(desk.session)
    found = members.member(desk.session, member_id)
    if found is None:
        raise ActionRefused("This member does not exist any more.", "Go back to the team.")
    if found.id == desk.person.id:
        raise ActionRefused(f"You cannot {deed} yourself.", "Ask somebody else who may.")
    require_reach(desk, found, deed)
    return found


def require_reach(desk: Desk, member: Member, deed: str) -> None:
    """Refuse to handle somebody who may do more than oneself: it would be a way to act as them."""
    beyond = rules.lacking(desk.person.permissions, frozenset(), member.patterns, desk.known)
    if beyond:
        raise ActionRefused(
            f"You cannot {deed} {member.name}: they may do what you may not ({listed(beyond)}).",
            "Somebody with those permissions can.",
        )
    if higher := limits_beyond(desk, (), member.roles):
        raise ActionRefused(
            f"You cannot {deed} {member.name}: their {higher[0].label.lower()} is higher than yours.",
            "Somebody whose own is as high can.",
        )


def limits_beyond(desk: Desk, before: Iterable[Role], after: Iterable[Role]) -> list[Limit]:
    """Return the amounts that would be raised beyond one's own from the first roles to the second."""
    was, will, own = held_of(before), held_of(after), desk.person.held
    limits = [
        Limit(column, rules.label_of(column), allowed_by(was, users, column), allowed_by(will, users, column))
        for column, users in desk.limited.items()
    ]
    mine = {column: allowed_by(own, users, column) for column, users in desk.limited.items()}
    return rules.limits_beyond(limits, mine, everything=rules.is_everything(desk.person.permissions, desk.known))


def require_givable(desk: Desk, before: Sequence[Role], roles: Sequence[Role]) -> None:
    """Refuse roles that would hand out what the giver lacks, or more money than is theirs to move."""
    had, after = (rules.union(frozenset(role.permissions) for role in each) for each in (before, roles))
    if higher := limits_beyond(desk, before, roles):
        raise ActionRefused(
            f"{higher[0].label} of these roles is higher than your own.",
            "Choose other roles, or ask an Owner.",
        )
    beyond = rules.lacking(desk.person.permissions, had, after, desk.known)
    if beyond:
        raise ActionRefused(
            f"You cannot give what you lack: {listed(beyond)}.", "Choose other roles, or ask an Owner to do it."
        )


def require_owner_stays(desk: Desk, member: Member) -> None:
    """Refuse to take the last active Owner away."""
    if rules.is_last_owner(member.id, members.owners(desk.session)):
        raise ActionRefused(
            f"{member.name} is the last active Owner.", f"Give the role {OWNER.name} to somebody else first."
        )


def change_roles(desk: Desk, member_id: UUID, names: Sequence[str]) -> str:
    """Give a member exactly these roles; their sessions end."""
    member = begin(desk, member_id, "change the roles of")
    roles = chosen_roles(desk.session, names)
    require_givable(desk, member.roles, roles)
    if OWNER.name not in names:
        require_owner_stays(desk, member)
    if tuple(sorted(names)) == member.role_names:
        return f"{member.name} has these roles already. Nothing was changed."
    row = desk.session.get_one(StaffMember, member_id)
    row.roles = list(roles)
    desk.session.flush()
    end_sessions(desk.session, member_id, "role-changed", by=desk.person.id)
    return f"{member.name} is now {' and '.join(sorted(names))}. They sign in again."


def chosen_roles(session: Session, names: Sequence[str]) -> Sequence[Role]:
    """Return the roles of a form; ActionRefused when none was chosen or one does not exist."""
    found = members.roles_named(session, names)
    if not found:
        raise ActionRefused("Choose at least one role.", "Somebody without a role may do nothing.")
    if len(found) != len(set(names)):
        raise ActionRefused("One of these roles does not exist any more.", "Choose again from the list.")
    return found


def disable(desk: Desk, member_id: UUID, reason: str) -> str:
    """Keep a member out from now on; their sessions end."""
    member = begin(desk, member_id, "disable")
    if member.state == "disabled":
        raise ActionRefused(f"{member.name} is disabled already.")
    require_owner_stays(desk, member)
    close(desk, member_id, reason)
    return f"{member.name} is disabled, and every session of theirs has ended."


def close(desk: Desk, member_id: UUID, reason: str) -> None:
    """Take the access of a member away."""
    row = desk.session.get_one(StaffMember, member_id)
    row.active, row.disabled_at, row.disabled_reason = False, desk.now, reason or None
    desk.session.flush()
    end_sessions(desk.session, member_id, "disabled", by=desk.person.id)


def enable(desk: Desk, member_id: UUID) -> str:
    """Let a member in again, with the roles they had."""
    member = begin(desk, member_id, "enable")
    if member.state != "disabled":
        raise ActionRefused(f"{member.name} is not disabled.")
    open_again(desk.session, member_id)
    return f"{member.name} may sign in again."


def open_again(session: Session, member_id: UUID) -> None:
    """Give a member their access back."""
    row = session.get_one(StaffMember, member_id)
    row.active, row.disabled_at, row.disabled_reason = True, None, None
    session.flush()


def reset_second_factor(desk: Desk, member_id: UUID) -> tuple[Member, str]:
    """Take a member's second factors away; return the member and the link with which they set up new ones."""
    member = begin(desk, member_id, "reset the second factor of")
    if member.state == "disabled":
        raise ActionRefused(f"{member.name} is disabled.", "Enable them first.")
    reset_factors(desk.session, member_id)
    return member, make_link(desk.session, member_id, LinkPurpose.SECOND_FACTOR_RESET)


def end_all_sessions(desk: Desk, member_id: UUID) -> str:
    """Sign a member out everywhere."""
    member = begin(desk, member_id, "end the sessions of")
    ended = len(open_sessions(desk.session, member_id, desk.idle))
    end_sessions(desk.session, member_id, "ended-by-colleague", by=desk.person.id)
    return f"{member.name} is signed out everywhere ({ended} {'session' if ended == 1 else 'sessions'})."


def end_one_session(desk: Desk, member_id: UUID, session_id: UUID) -> str:
    """Sign a member out of one browser."""
    member = begin(desk, member_id, "end a session of")
    if session_id not in {each.id for each in open_sessions(desk.session, member_id, desk.idle)}:
        raise ActionRefused("This session has ended already.")
    end_session(desk.session, session_id, "ended-by-colleague", by=desk.person.id)
    return f"{member.name} is signed out of that browser."


def listed(names: Collection[Names]) -> str:
    """Return some permissions for a sentence; those of later versions in words."""
    shown = sorted(each[0] for each in names if rules.WITNESS not in each[0])
    if not shown:
        return "what later versions bring"
    more = len(shown) - SHOWN_NAMES
    return ", ".join(shown[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")

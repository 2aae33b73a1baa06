"""Invitations: a member without a password, and a one-use link that lets them choose one. The caller commits."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from admin_core.access.links import LASTS, hashed, make_link
from admin_core.access.team import add_member, member_by_email
from admin_core.contributions import ActionRefused
from admin_core.mail.addresses import MailRefused, readable_address
from admin_core.team import members
from admin_core.team.changing import Desk, begin, chosen_roles, close, open_again, require_givable, require_reach
from admin_core.team.members import Member
from schema.sign_in import Invitation, LinkPurpose, SignInLink
from schema.staff import StaffMember

LONGEST_NAME = 200
WAITING = frozenset({"invited", "expired"})
WITHDRAWN = "Invitation withdrawn"


@dataclass(frozen=True)
class Wish:
    """Whom somebody wants to invite."""

    name: str
    email: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Invited:
    """A member with the link that lets them in."""

    member_id: UUID
    name: str
    email: str
    path: str = field(repr=False)


def read_wish(name: str, email: str, roles: list[str]) -> tuple[Wish | None, dict[str, str]]:
    """Return the wish, or None and a sentence by field."""
    errors: dict[str, str] = {}
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        errors["name"] = "Write the person's name."
    elif len(name) > LONGEST_NAME:
        errors["name"] = f"Use at most {LONGEST_NAME} characters; these are {len(name)}."
    try:
        email = readable_address(email.replace("\x00", ""))
    except MailRefused:
        errors["email"] = "Write an e-mail address, such as thandi@example.com."
    if not roles:
        errors["roles"] = "Choose at least one role."
    return (None, errors) if errors else (Wish(name, email, tuple(sorted(set(roles)))), {})


def invite(desk: Desk, wish: Wish) -> Invited:
    """Make a member, or one who never came in anew, and their link."""
    members.lock_team(desk.session)
    roles = chosen_roles(desk.session, wish.roles)
    known = member_by_email(desk.session, wish.email)
    if known is not None:
        require_unknown_here(desk, known)
        known.name, known.roles = wish.name, list(roles)
        open_again(desk.session, known.id)
    require_givable(desk, (), roles)
    row = known or add_member(desk.session, name=wish.name, email=wish.email, roles=roles)
    row.invited_by_id = desk.person.id
    return link_for(desk, row, wish.roles)


def require_unknown_here(desk: Desk, known: StaffMember) -> None:
    """Refuse an address that belongs to somebody who has come in before."""
    found = members.member(desk.session, known.id)
    if found is None or (found.invitation_until is None):
        raise ActionRefused(
            f"{known.email} belongs to {known.name}, who is a member already.", "Open their page to change their roles."
        )
    if known.id == desk.person.id:
        raise ActionRefused("This is your own address.")
    require_reach(desk, found, "invite")


def link_for(desk: Desk, row: StaffMember, roles: tuple[str, ...]) -> Invited:
    """Return a new link, the only one that works from now on."""
    end_links(desk.session, row.id)
    path = make_link(desk.session, row.id, LinkPurpose.INVITATION)
    desk.session.add(
        Invitation(
            email=row.email,
            name=row.name,
            role_names=list(roles),
            token_hash=hashed(path.rpartition("/")[2]),
            invited_by_id=desk.person.id,
            member_id=row.id,
            expires_at=desk.now + LASTS[LinkPurpose.INVITATION],
        )
    )
    desk.session.flush()
    return Invited(row.id, row.name, row.email, path)


def resend(desk: Desk, member_id: UUID) -> Invited:
    """Make a new link for somebody who has not come in yet; the former one ends."""
    member = waiting(desk, member_id, "send an invitation to")
    row = desk.session.get_one(StaffMember, member.id)
    return link_for(desk, row, member.role_names)


def withdraw(desk: Desk, member_id: UUID) -> str:
    """End an invitation: the link opens nothing any more."""
    member = waiting(desk, member_id, "withdraw the invitation of")
    end_links(desk.session, member.id)
    close(desk, member.id, WITHDRAWN)
    return f"The invitation of {member.name} is withdrawn. Its link opens nothing any more."


def waiting(desk: Desk, member_id: UUID, deed: str) -> Member:
    """Return a member whose invitation is open, or refuse."""
    member = begin(desk, member_id, deed)
    if member.state not in WAITING:
        raise ActionRefused(f"{member.name} has no open invitation.", "Reload the page to see what is so now.")
    return member


def end_links(session: Session, member_id: UUID) -> None:
    """End what invitations a member has; they stay on record."""
    link = (
        SignInLink.member_id == member_id,
        SignInLink.purpose == LinkPurpose.INVITATION,
        SignInLink.used_at.is_(None),
    )
    session.execute(update(SignInLink).where(*link, SignInLink.expires_at > func.now()).values(expires_at=func.now()))
    row = select(StaffMember.email).where(StaffMember.id == member_id).scalar_subquery()
    open_ones = (
        func.lower(Invitation.email) == func.lower(row),
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    session.execute(update(Invitation).where(*open_ones).values(withdrawn_at=func.now()))


def lasts() -> timedelta:
    """Return how long an invitation can be followed."""
    return LASTS[LinkPurpose.INVITATION]

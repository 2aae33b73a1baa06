"""Questions about the team: who is in it, how they sign in, in which state their access is. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, load_only, selectinload

from admin_core.policy.roles import OWNER
from schema.sign_in import LinkPurpose, SignInLink
from schema.staff import Role, StaffMember, StaffSession, WebAuthnCredential, staff_roles

PAGE = 50
MOST_MEMBERS = 1_000
MOST_ROLES = 200
State = Literal["active", "invited", "expired", "disabled"]
STATES: dict[State, tuple[str, str]] = {
    "active": ("active", "success"),
    "invited": ("invited", "info"),
    "expired": ("invitation over", "warning"),
    "disabled": ("disabled", "neutral"),
}
"""State → what is said, and in which tone."""
SHOWN = (
    StaffMember.name,
    StaffMember.email,
    StaffMember.active,
    StaffMember.disabled_at,
    StaffMember.disabled_reason,
    StaffMember.create_datetime,
    StaffMember.current_login_at,
)
"""What of a member is read: never a hash, a seed or a code."""


@dataclass(frozen=True)
class Member:
    """A member as the team's pages show them."""

    id: UUID
    name: str
    email: str
    roles: tuple[Role, ...]
    state: State
    factors: tuple[str, ...]
    """The second factors they have set up, in words."""
    last_seen: datetime | None
    created_at: datetime
    invitation_until: datetime | None
    """When the link of an invitation nobody has used ends; None when none is open."""
    disabled_at: datetime | None
    disabled_reason: str | None

    @property
    def patterns(self) -> frozenset[str]:
        """What their roles say together."""
        return frozenset(pattern for role in self.roles for pattern in role.permissions)

    @property
    def role_names(self) -> tuple[str, ...]:
        """Their roles, by name."""
        return tuple(sorted(role.name for role in self.roles))


@dataclass(frozen=True)
class Page:
    """Some of the members, and from which one the next page goes on."""

    members: tuple[Member, ...]
    next_after: UUID | None


def has_factor_app() -> sa.ColumnElement[bool]:
    """Return whether a member has an authenticator app."""
    return StaffMember.tf_totp_secret.is_not(None)


def has_passkey() -> sa.ColumnElement[bool]:
    """Return whether a member has a passkey."""
    return sa.exists().where(WebAuthnCredential.user_id == StaffMember.id)


def unused_invitation() -> sa.ScalarSelect[datetime | None]:
    """Return when the newest invitation ends that a member was sent and never followed; None without one."""
    newest = SignInLink.created_at.desc()
    link = (
        sa.select(sa.case((SignInLink.used_at.is_(None), SignInLink.expires_at)))
        .where(SignInLink.member_id == StaffMember.id, SignInLink.purpose == LinkPurpose.INVITATION)
        .order_by(newest)
        .limit(1)
    )
    return link.correlate(StaffMember).scalar_subquery()


def has_come_in() -> sa.ColumnElement[bool]:
    """Return whether a member can sign in: they followed their invitation, or never had one."""
    return sa.or_(StaffMember.password.is_not(None), unused_invitation().is_(None))


def last_seen() -> sa.ScalarSelect[datetime]:
    """Return when a member was seen last."""
    seen = sa.select(sa.func.max(StaffSession.last_seen_at)).where(StaffSession.member_id == StaffMember.id)
    return seen.correlate(StaffMember).scalar_subquery()


def selected() -> sa.Select[*tuple[Any, ...]]:
    """Return the statement that reads members; ``member_of`` reads its rows."""
    return sa.select(
        StaffMember,
        has_factor_app(),
        has_passkey(),
        sa.func.coalesce(last_seen(), StaffMember.current_login_at),
        unused_invitation(),
        StaffMember.password.is_not(None),
        sa.func.now(),
    ).options(load_only(*SHOWN), selectinload(StaffMember.roles))


def member_of(row: Sequence[Any]) -> Member:
    """Return the member a row tells of."""
    found, app, passkey, seen, invited, has_password, now = row
    waits_until = None if has_password else invited
    return Member(
        id=found.id,
        name=found.name,
        email=found.email,
        roles=tuple(found.roles),
        state=state_of(found, waits_until, now),
        factors=tuple(word for has, word in ((app, "authenticator app"), (passkey, "passkey")) if has),
        last_seen=seen,
        created_at=found.create_datetime,
        invitation_until=waits_until,
        disabled_at=found.disabled_at,
        disabled_reason=found.disabled_reason,
    )


def state_of(member: StaffMember, invited_until: datetime | None, now: datetime) -> State:
    """Return the one state that matters most."""
    if not member.active:
        return "disabled"
    if invited_until is not None:
        return "invited" if invited_until > now else "expired"
    return "active"


def members(session: Session, *, disabled: bool, after: UUID | None = None) -> Page:
    """Return one page of the members by name: those with access, or those without."""
    statement = selected().where(StaffMember.active.is_(not disabled))
    if after is not None:
        last = sa.select(StaffMember.name, StaffMember.id).where(StaffMember.id == after).subquery()
        behind = sa.tuple_(StaffMember.name, StaffMember.id) > sa.select(last.c.name, last.c.id).scalar_subquery()
        statement = statement.where(behind)
    rows = session.execute(statement.order_by(StaffMember.name, StaffMember.id).limit(PAGE + 1)).all()
    shown = tuple(member_of(row) for row in rows[:PAGE])
    return Page(shown, shown[-1].id if len(rows) > PAGE else None)


def with_access(session: Session) -> Sequence[Member]:
    """Return everybody who has access, by name; of a team beyond the first thousand nobody."""
    active = selected().where(StaffMember.active).order_by(StaffMember.name, StaffMember.id)
    return [member_of(row) for row in session.execute(active.limit(MOST_MEMBERS)).all()]


def member(session: Session, member_id: UUID) -> Member | None:
    """Return one member, None when there is no such."""
    # Asked again under a lock, it is the database's answer that counts, not what was read before.
    now = selected().where(StaffMember.id == member_id).execution_options(populate_existing=True)
    row = session.execute(now).one_or_none()
    return None if row is None else member_of(row)


def roles(session: Session) -> Sequence[Role]:
    """Return every role by name."""
    return session.scalars(sa.select(Role).order_by(Role.name).limit(MOST_ROLES)).all()


def roles_named(session: Session, names: Iterable[str]) -> Sequence[Role]:
    """Return the roles of these names that exist."""
    named = sa.select(Role).where(Role.name.in_(list(names))).order_by(Role.name)
    return session.scalars(named, execution_options={"populate_existing": True}).all()


def owners(session: Session) -> set[UUID]:
    """Return the active Owners who can come in."""
    statement = sa.select(StaffMember.id).where(
        StaffMember.active, StaffMember.roles.any(Role.name == OWNER.name), has_come_in()
    )
    return set(session.scalars(statement))


def lock_team(session: Session) -> None:
    """Let no other change of members or roles go on until this transaction ends.

    One row stands for all of them: two people who each take the other's role of Owner must not both succeed.
    ``NO KEY UPDATE``, so that a foreign key to the role waits for nobody.
    """
    session.execute(sa.select(Role.id).where(Role.name == OWNER.name).with_for_update(key_share=True))


def holders(session: Session, role_id: UUID) -> Sequence[StaffMember]:
    """Return the members with a role, each with all their roles."""
    statement = (
        sa.select(StaffMember)
        .join(staff_roles, staff_roles.c.member_id == StaffMember.id)
        .where(staff_roles.c.role_id == role_id)
        .options(load_only(StaffMember.name, StaffMember.active), selectinload(StaffMember.roles))
        .order_by(StaffMember.name, StaffMember.id)
    )
    return session.scalars(statement).all()

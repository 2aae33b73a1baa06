"""One-use links: to sign in (demo and tests, on this machine alone), to choose a password, to set up a second factor.

The database holds a hash; the link itself is seen once, by whoever made it. Opening it changes nothing (mail
programs open links too): a button does.
"""

import hashlib
import secrets
import uuid
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from admin_core.access.team import add_member, ensure_roles
from admin_core.settings import Environment
from schema.sign_in import Invitation, LinkPurpose, SignInLink
from schema.staff import Role, StaffMember

LASTS = {
    LinkPurpose.SIGN_IN: timedelta(hours=24),
    LinkPurpose.INVITATION: timedelta(days=3),
    LinkPurpose.PASSWORD_RESET: timedelta(hours=1),
    LinkPurpose.SECOND_FACTOR_RESET: timedelta(hours=1),
}
DEMO_ENVIRONMENTS = frozenset({"demo", "test"})


class LinkRefused(Exception):
    """The link opens nothing (any more); the message is for the person who followed it."""


USED_UP = "This link has been used, has expired or was never ours. Ask for a new one."


def make_link(session: Session, member: uuid.UUID, purpose: LinkPurpose) -> str:
    """Return the path of a new one-use link."""
    token = secrets.token_urlsafe(32)
    expires_at = func.now() + LASTS[purpose]
    session.add(SignInLink(member_id=member, purpose=purpose, token_hash=hashed(token), expires_at=expires_at))
    session.flush()
    return f"/auth/link/{token}"


def sign_in_link(session: Session, role: str) -> str:
    """Return the path that signs in once as a member with this role; KeyError when there is no such role."""
    member = session.scalar(
        select(StaffMember)
        .where(StaffMember.active, StaffMember.roles.any(Role.name == role))
        .order_by(StaffMember.create_datetime, StaffMember.id)
        .limit(1)
    )
    if member is None:
        known = ensure_roles(session)
        member = add_member(session, name=f"{role} Demo", email=f"{role.lower()}@demo.example", roles=[known[role]])
    return make_link(session, member.id, LinkPurpose.SIGN_IN)


def find_link(session: Session, token: str, env: Environment, *, is_here: bool) -> SignInLink:
    """Return the link that is still good for this caller, unused as it is; LinkRefused otherwise."""
    link = session.scalar(select(SignInLink).where(*still_good(token)))
    if link is None or not is_for(link, env, is_here=is_here):
        raise LinkRefused(USED_UP)
    return link


def use_link(session: Session, token: str, ip: str | None) -> uuid.UUID:
    """Mark the link as used and return its member; LinkRefused for all but the first who try."""
    used = update(SignInLink).where(*still_good(token)).values(used_at=func.now(), used_ip=ip)
    member: uuid.UUID | None = session.scalar(used.returning(SignInLink.member_id))
    if member is None:
        raise LinkRefused(USED_UP)
    accepted = update(Invitation).where(Invitation.token_hash == hashed(token)).values(accepted_at=func.now())
    session.execute(accepted)
    return member


def end_resets(session: Session, member: uuid.UUID) -> None:
    """End what other links could still change of a password or factor just chosen: one may be in wrong hands."""
    resets = SignInLink.purpose.in_([LinkPurpose.PASSWORD_RESET, LinkPurpose.SECOND_FACTOR_RESET])
    open_ones = SignInLink.member_id == member, SignInLink.used_at.is_(None), SignInLink.expires_at > func.now()
    session.connection().execute(update(SignInLink).where(resets, *open_ones).values(expires_at=func.now()))


def still_good(token: str) -> tuple[ColumnElement[bool], ...]:
    """Return the criteria of a link that was neither used nor outlived, and whose member may come in."""
    active = select(StaffMember.id).where(StaffMember.active)
    return (
        SignInLink.token_hash == hashed(token),
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > func.now(),
        SignInLink.member_id.in_(active),
    )


def is_for(link: SignInLink, env: Environment, *, is_here: bool) -> bool:
    """Return whether the link may be used here: those that sign in without a password, in demos on this machine."""
    return link.purpose is not LinkPurpose.SIGN_IN or (env in DEMO_ENVIRONMENTS and is_here)


def hashed(token: str) -> str:
    """Return what is kept of a token; it is random, so that a plain hash tells nothing."""
    return hashlib.sha256(token.encode()).hexdigest()

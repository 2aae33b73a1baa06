"""What the command line does for the team; ``cli`` names the commands. Returns texts to print."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from admin_core.access.attempts import FAILED, FORGIVEN, email_key
from admin_core.access.factors import reset_factors
from admin_core.access.links import DEMO_ENVIRONMENTS, make_link, sign_in_link
from admin_core.access.notes import MEMBERS
from admin_core.access.team import add_member, ensure_roles, member_by_email
from admin_core.audit.entries import COMMAND_LINE, Entry
from admin_core.audit.recording import AuditLog
from admin_core.audit.witnessing import Witness
from admin_core.changes.acting import Acting, acting
from admin_core.database import open_database
from admin_core.policy.roles import SHIPPED
from admin_core.settings import Settings, SettingsError
from schema import load_models
from schema.audit import ActorKind, AuditCategory
from schema.changes import ChangeKind
from schema.sign_in import LinkPurpose, SignInAttempt
from schema.staff import Role, StaffMember


def invite_owner(settings: Settings, email: str) -> str:
    """Make a member with the role Owner, or give one a new link; return the link that lets them choose a password."""
    with transaction(settings) as session:
        owner = ensure_roles(session)["Owner"]
        member_id = member_for(session, email, owner)
        path = make_link(session, member_id, LinkPurpose.INVITATION)
        record(session, settings, "staff.invited", member_id)
    return f"{email.strip()} chooses a password here, once, within three days:\n{address(settings)}{path}"


def reset_factor(settings: Settings, email: str) -> str:
    """Take a member's second factors away, end their sessions, and return the link that sets up a new one."""
    with transaction(settings) as session:
        member = known_member(session, email)
        reset_factors(session, member.id)
        path = make_link(session, member.id, LinkPurpose.SECOND_FACTOR_RESET)
        record(session, settings, "staff.factor-reset", member.id)
    return f"{member.email} sets up a new second factor here, once, within the hour:\n{address(settings)}{path}"


def unlock(settings: Settings, email: str) -> str:
    """Forget the failed tries of a member, so that the next one is looked at."""
    with transaction(settings) as session:
        member = known_member(session, email)
        theirs = SignInAttempt.email_key == email_key(settings.secret_key, email), SignInAttempt.outcome.in_(FAILED)
        forgotten = update(SignInAttempt).where(*theirs).values(email_key=FORGIVEN)
        counted: CursorResult[Any] = session.connection().execute(forgotten)
        record(session, settings, "staff.unlocked", member.id)
    return f"{member.email} may try again: {counted.rowcount} failed tries count no longer."


def known_member(session: Session, email: str) -> StaffMember:
    """Return the member with this address, or refuse."""
    member = member_by_email(session, email)
    if member is None:
        raise SettingsError([f"No member of the team has the address {email.strip()}."])
    return member


def record(session: Session, settings: Settings, action: str, member_id: uuid.UUID) -> None:
    """Put down in the audit log what was done from the command line."""
    entry = Entry(
        category=AuditCategory.AUTH,
        action=action,
        actor_kind=ActorKind.SYSTEM,
        actor_key=COMMAND_LINE,
        object_type=MEMBERS,
        object_key=str(member_id),
    )
    AuditLog.of(settings).record(session, entry)


def address(settings: Settings) -> str:
    """Return where people reach us, without a slash at the end."""
    return settings.public_url.rstrip("/")


def sign_in_links(settings: Settings, role: str | None) -> str:
    """Return one-use links that sign in without a password, for one role or all shipped ones; demo only."""
    if settings.env not in DEMO_ENVIRONMENTS:
        raise SettingsError([f"ADMIN_ENV is {settings.env}: links without a password exist in the demo alone."])
    with transaction(settings) as session:
        known = {name.lower(): name for name in ensure_roles(session)}
        if role is not None and role.lower() not in known:
            raise SettingsError([f"{role} is no role. Roles: {', '.join(known.values())}."])
        wanted = [known[role.lower()]] if role else [shipped.name for shipped in SHIPPED]
        return "\n".join(f"{name:<8} {address(settings)}{sign_in_link(session, name)}" for name in wanted)


def command_line(settings: Settings) -> Acting:
    """Return who answers for what a command writes; the audit log tells of it."""
    log = AuditLog.of(settings)
    return Acting(kind=ChangeKind.COMMAND, actor_kind=ActorKind.SYSTEM, actor_key=COMMAND_LINE, witness=Witness(log))


@contextmanager
def transaction(settings: Settings) -> Iterator[Session]:
    """Yield a session of a short-lived process; leave no connection behind."""
    load_models()
    database = open_database(settings.database_url, pool_size=1)
    try:
        with acting(command_line(settings)), database.transaction() as session:
            yield session
    finally:
        database.engine.dispose()


def member_for(session: Session, email: str, role: Role) -> uuid.UUID:
    """Return the key of the member with this address, made when there is none."""
    member = member_by_email(session, email)
    if member is None:
        member = add_member(session, name=email.split("@", 1)[0], email=email, roles=[role])
    elif role not in member.roles:
        member.roles.append(role)
    return member.id

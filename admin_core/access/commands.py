"""What the command line does for the team; ``cli`` names the commands. Returns texts to print."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from admin_core.access.links import DEMO_ENVIRONMENTS, make_link, sign_in_link
from admin_core.access.team import add_member, ensure_roles, member_by_email
from admin_core.audit.entries import COMMAND_LINE
from admin_core.audit.recording import AuditLog
from admin_core.audit.witnessing import Witness
from admin_core.changes.acting import Acting, acting
from admin_core.database import open_database
from admin_core.policy.roles import SHIPPED
from admin_core.settings import Settings, SettingsError
from schema import load_models
from schema.audit import ActorKind
from schema.changes import ChangeKind
from schema.sign_in import LinkPurpose
from schema.staff import Role


def invite_owner(settings: Settings, email: str) -> str:
    """Make a member with the role Owner, or give one a new link; return the link that lets them choose a password."""
    with transaction(settings) as session:
        owner = ensure_roles(session)["Owner"]
        path = make_link(session, member_for(session, email, owner), LinkPurpose.INVITATION)
    return f"{email.strip()} chooses a password here, once, within three days:\n{settings.public_url.rstrip('/')}{path}"


def sign_in_links(settings: Settings, role: str | None) -> str:
    """Return one-use links that sign in without a password, for one role or all shipped ones; demo only."""
    if settings.env not in DEMO_ENVIRONMENTS:
        raise SettingsError([f"ADMIN_ENV is {settings.env}: links without a password exist in the demo alone."])
    with transaction(settings) as session:
        known = {name.lower(): name for name in ensure_roles(session)}
        if role is not None and role.lower() not in known:
            raise SettingsError([f"{role} is no role. Roles: {', '.join(known.values())}."])
        wanted = [known[role.lower()]] if role else [shipped.name for shipped in SHIPPED]
        address = settings.public_url.rstrip("/")
        return "\n".join(f"{name:<8} {address}{sign_in_link(session, name)}" for name in wanted)


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

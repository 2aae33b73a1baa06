"""Changes to roles: add, change, set back to what was shipped, delete. The caller commits.

A changed role counts at the next request of whoever has it: permissions are read on each, never kept in a session.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select

from admin_core.contributions import ActionRefused
from admin_core.policy import RoleHeld
from admin_core.policy.limits import held_of, limits_of
from admin_core.policy.roles import OWNER, SHIPPED, ShippedRole
from admin_core.team import members, rules
from admin_core.team.changing import Desk, listed
from admin_core.team.role_form import RoleWish
from admin_core.team.rules import Limit, label_of
from schema.staff import Role, StaffMember

SHIPPED_BY_NAME = {role.name: role for role in SHIPPED}


class ChangedMeanwhile(ActionRefused):
    """Somebody else was quicker; the message says what is so now."""


def find(desk: Desk, role_id: UUID) -> Role:
    """Return a role held against other changes; ActionRefused when it is gone or nobody may change it."""
    members.lock_team(desk.session)
    now = select(Role).where(Role.id == role_id).with_for_update(key_share=True)
    # The page has read the role before it waited for the lock: what it remembers may be over.
    role = desk.session.scalar(now, execution_options={"populate_existing": True})
    if role is None:
        raise ActionRefused("This role does not exist any more.", "Go back to the roles.")
    if reason := why_fixed(role.name, desk.person.roles):
        raise ActionRefused(reason)
    return role


def why_fixed(name: str, own_roles: Sequence[str]) -> str:
    """Return why somebody with these roles cannot change this one; empty when they can."""
    if name == OWNER.name:
        return f"{OWNER.name} may do everything, always: so that somebody can. It cannot be changed."
    if name in own_roles:
        return f"You have the role {name} yourself. Somebody else must change it."
    return ""


def add(desk: Desk, wish: RoleWish) -> Role:
    """Make a role."""
    members.lock_team(desk.session)
    require_free_name(desk, wish.name, None)
    role = Role(name=wish.name, description=wish.description or None, permissions=[], shipped=False)
    require_allowed(desk, role, wish, is_new=True)
    write(role, wish)
    desk.session.add(role)
    desk.session.flush()
    return role


def change(desk: Desk, role_id: UUID, wish: RoleWish, version: str) -> Role:
    """Change a role; ActionRefused when somebody else did meanwhile."""
    role = find(desk, role_id)
    if version != version_of(role):
        raise ChangedMeanwhile(
            f"Somebody else changed {role.name} while you did. Nothing was saved.",
            f"What you typed stands below. {against(role, wish)} Saving again overwrites what is so now.",
        )
    if role.shipped and wish.name != role.name:
        raise ActionRefused(f"{role.name} came with the product and keeps its name.")
    require_free_name(desk, wish.name, role.id)
    require_allowed(desk, role, wish)
    write(role, wish)
    desk.session.flush()
    return role


def set_back(desk: Desk, role_id: UUID) -> Role:
    """Make a shipped role what it was when it came."""
    role = find(desk, role_id)
    shipped = shipped_of(role)
    if shipped is None:
        raise ActionRefused(f"{role.name} did not come with the product: there is nothing to set it back to.")
    wish = wish_of(shipped, limits_of(role))
    require_allowed(desk, role, wish)
    write(role, wish)
    desk.session.flush()
    return role


def delete(desk: Desk, role_id: UUID) -> str:
    """Delete a role nobody has."""
    role = find(desk, role_id)
    if role.shipped:
        raise ActionRefused(f"{role.name} came with the product and stays.", "Take it from its members instead.")
    count = len(members.holders(desk.session, role.id))
    if count:
        raise ActionRefused(
            f"{role.name} is the role of {count} {'member' if count == 1 else 'members'}.", "Give them another first."
        )
    desk.session.delete(role)
    desk.session.flush()
    return f"Deleted the role {role.name}."


def against(role: Role, wish: RoleWish) -> str:
    """Return in a sentence how a wish differs from what is so now."""
    now, wanted = set(role.permissions), set(wish.permissions)
    parts = [("gives", sorted(wanted - now)), ("leaves out", sorted(now - wanted))]
    said = [f"{verb} {', '.join(patterns)}" for verb, patterns in parts if patterns]
    return f"Compared with the role as it is now it {' and '.join(said)}." if said else "The permissions are the same."


def require_allowed(desk: Desk, role: Role, wish: RoleWish, *, is_new: bool = False) -> None:
    """Refuse what would hand out something the editor lacks, to anybody who has the role beside others."""
    after = frozenset(wish.permissions)
    found = [] if is_new else members.holders(desk.session, role.id)
    held = [{each.name: frozenset(each.permissions) for each in member.roles} for member in found]
    alone = {role.name: frozenset(role.permissions)}
    beyond = rules.lacking_in_roles(desk.person.permissions, [alone, *held], role.name, after, desk.known)
    if beyond:
        raise ActionRefused(f"You cannot give what you lack: {listed(beyond)}.", "Take it out, or ask an Owner.")
    require_limits(desk, role, wish, is_new=is_new)


def require_limits(desk: Desk, role: Role, wish: RoleWish, *, is_new: bool) -> None:
    """Refuse an amount above the editor's own, also one that counts only now that the role may use it."""
    now, wanted = held_of([role])[0], RoleHeld(wish.name, frozenset(wish.permissions), wish.limits)
    limits, mine = [], dict[str, int | None]()
    for column in wish.limits:
        users = desk.limited.get(column, frozenset())
        before = 0 if is_new else rules.amount_of(now, column, users)
        limits.append(Limit(column, label_of(column), before, rules.amount_of(wanted, column, users)))
        mine[column] = rules.own_amount(desk.person.held, column, users)
    everything = rules.is_everything(desk.person.permissions, desk.known)
    if beyond := rules.limits_beyond(limits, mine, everything=everything):
        raise ActionRefused(f"{beyond[0].label} cannot be higher than your own.", "Lower it, or ask an Owner.")


def require_free_name(desk: Desk, name: str, role_id: UUID | None) -> None:
    """Refuse a name that another role has, upper and lower case being the same."""
    taken = select(Role.name).where(func.lower(Role.name) == name.lower())
    if role_id is not None:
        taken = taken.where(Role.id != role_id)
    if (other := desk.session.scalar(taken.limit(1))) is not None:
        raise ActionRefused(f"There is a role called {other} already.", "Choose another name.")


def write(role: Role, wish: RoleWish) -> None:
    """Put the wish into the role."""
    role.name, role.description = wish.name, wish.description or None
    role.permissions = list(wish.permissions)
    for column, amount in wish.limits.items():
        setattr(role, column, amount)


def shipped_of(role: Role) -> ShippedRole | None:
    """Return what a role was when it came with the product; None for one that did not."""
    return SHIPPED_BY_NAME.get(role.name) if role.shipped else None


def wish_of(shipped: ShippedRole, columns: Mapping[str, int | None]) -> RoleWish:
    """Return a shipped role as a wish; an amount it does not name has no limit."""
    limits = {column: shipped.limits.get(column) for column in columns}
    return RoleWish(shipped.name, shipped.description, shipped.permissions, limits)


def version_of(role: Role) -> str:
    """Return what a form carries to notice that the role was changed meanwhile."""
    return role.update_datetime.isoformat() if role.update_datetime else ""


def differences(role: Role) -> tuple[list[str], list[str]]:
    """Return the patterns that were added to a shipped role, and those that were taken out."""
    shipped = shipped_of(role)
    if shipped is None:
        return [], []
    now, came = set(role.permissions), set(shipped.permissions)
    return sorted(now - came), sorted(came - now)


def is_changed(role: Role) -> bool:
    """Return whether a shipped role is no longer what it was."""
    shipped = shipped_of(role)
    if shipped is None:
        return False
    limits = {column: shipped.limits.get(column) for column in limits_of(role)}
    return any(differences(role)) or limits_of(role) != limits or (role.description or "") != shipped.description


def holders_of(desk: Desk, role_id: UUID) -> Sequence[StaffMember]:
    """Return who has the role."""
    return members.holders(desk.session, role_id)

"""What the command line does with the list, for whoever is locked out. Returns texts to print."""

from datetime import UTC

from admin_core.access.commands import transaction
from admin_core.audit.entries import COMMAND_LINE, Entry
from admin_core.audit.recording import AuditLog
from admin_core.networks.allow_list import entries_in, switch_off
from admin_core.networks.rules import Allowed, is_on
from admin_core.settings import Settings
from schema.audit import ActorKind, AuditCategory


def shown(settings: Settings) -> str:
    """Return the list as it stands."""
    with transaction(settings) as session:
        entries = entries_in(session)
    state = "The list is on." if is_on(entries) else "The list is off: every network is allowed."
    return "\n".join([state, *(line_of(entry) for entry in entries)])


def line_of(entry: Allowed) -> str:
    """Return one network of the list."""
    end = f"until {entry.expires_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if entry.expires_at else "no end"
    return f"{entry.network!s:<20} {'enabled' if entry.enabled else 'disabled':<9} {end:<26} {entry.label}"


def off(settings: Settings) -> str:
    """Disable every network, so that all are allowed, and put that on record."""
    with transaction(settings) as session:
        disabled = switch_off(session)
        entry = Entry(
            category=AuditCategory.CONFIG,
            action="networks.switched-off",
            actor_kind=ActorKind.SYSTEM,
            actor_key=COMMAND_LINE,
            object_type="ip_allow_entries",
            row_count=len(disabled),
        )
        AuditLog.of(settings).record(session, entry)
    if not disabled:
        return "The list was off already: every network is allowed."
    return (
        f"The list is off: {', '.join(disabled)} disabled, every network is allowed within 5 seconds.\n"
        "Enable them again on the page Allowed networks."
    )

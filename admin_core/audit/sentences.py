"""Says in a sentence what an entry tells of. Pure: it is given the names, and knows no database.

A kind of entry that nobody has written words for still reads: its action, split into words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admin_core.theme.formats import in_sentence, number
from schema.audit import ActorKind, AuditOutcome


@dataclass(frozen=True, kw_only=True)
class Told:
    """An entry in the names that people use."""

    who: str
    action: str
    thing: str = ""
    """What a record of the kind is called: ``Plan``."""
    things: str = ""
    name: str = ""
    """What the record is called, or its short id."""
    fields: Sequence[str] = ()
    rows: int = 1
    outcome: AuditOutcome = AuditOutcome.OK
    word: str = ""
    """The object's type as it was written: the permission that was missing, the reason."""
    verb: str = ""
    """Label of the action on the record, when it is one."""


SAYS: Mapping[str, str] = {
    "staff.signed-in": "signed in",
    "staff.invited": "invited {object}",
    "staff.invited-again": "sent {object} their invitation again",
    "staff.invitation-withdrawn": "withdrew the invitation of {object}",
    "staff.roles-changed": "changed the roles of {object}",
    "staff.disabled": "disabled {object}",
    "staff.enabled": "let {object} in again",
    "staff.left": "off-boarded {object}",
    "staff.factor-reset": "reset the second factor of {object}",
    "staff.sessions-ended": "ended every session of {object}",
    "staff.passkey-renamed": "gave a passkey another name",
    "staff.session-ended": "ended a session of {object}",
    "staff.see-as-begun": "began to see the admin as {object}",
    "staff.see-as-ended": "ended seeing the admin as {object}",
    "roles.set-back": "set {object} back to what it was when it came",
    "permission.refused": "was refused: {word} is missing",
    "network.refused": "was refused: the network is not allowed",
    "api.refused": "was turned away by the API: {word}",
    "jobs.finished": "finished",
    "jobs.failed": "failed",
    "jobs.crashed": "lost its worker",
    "jobs.stopped": "was stopped between two steps",
    "jobs.summed-up": "finished {rows} times on that day",
    "jobs.asked": "asked for a job",
    "files.downloaded": "downloaded a file",
    "audit.verified": "verified {rows} sealed entries",
    "audit.verification-asked": "asked for a verification of this log",
    "audit.report-asked": "asked for a report from this log",
    "audit.exported": "took {rows} entries of this log along",
    "audit.redacted": "removed values from {rows} entries of this log",
    "audit.pruned": "pruned {rows} old entries of this log",
    "audit.begun-anew": "began a new log",
    "audit.key-rotated": "changed the key that signs this log",
    "change_sets.undone": "undid a change",
    "settings.changed": "changed {fields} in settings of {name}",
    "settings.tested": "tested the settings of {name}",
    "plugins.switched-on": "switched the plugin {name} on",
    "plugins.switched-off": "switched the plugin {name} off",
    "api_keys.made": "made the API key {name}",
    "api_keys.rotated": "rotated an API key",
    "alerts.acknowledged": "acknowledged an alert",
    "alerts.assigned": "said who looks after an alert",
    "alerts.closed": "closed an alert by hand",
    "alerts.noted": "noted something about an alert",
    "alerts.silenced": "silenced a rule from an alert",
    "alerts.silence-ended": "ended a silence before its time",
    "alert_rules.made": "had a saved view watched",
    "alert_channels.tested": "sent a test to an alert channel",
    "webhooks.made": "made a webhook endpoint",
    "webhooks.secret-renewed": "gave a webhook endpoint a new secret",
    "webhooks.test-sent": "sent a test event to a webhook endpoint",
    "mail.stopped": "stopped mail to an address",
    "mail.test-asked": "sent themselves the text {name} as a test",
    "database.upgraded": "migrated the database",
    "database.roles-granted": "gave the database's roles their rights",
    "data.detail": "opened {object}",
    "data.reveal": "revealed {fields} of {object}",
    "data.list": "saw a list of {rows} {things}",
    "data.search": "searched {things}: {rows} found",
    "data.export": "exported {rows} {things}",
    "data.download": "downloaded a file",
    "data.api": "read {rows} {things} through the API",
}
"""Action → what is said after who did it."""
PLAIN_DEEDS = {"created": "created {object}", "edited": "changed {fields} of {object}", "deleted": "deleted {object}"}


def sentence(told: Told) -> str:
    """Return what happened as one sentence."""
    said = f"{told.who} {deed(told)}"
    if told.outcome is AuditOutcome.FAILED and told.action not in {"jobs.failed", "jobs.crashed"}:
        said = f"{said}, which failed"
    return f"{said}."


def deed(told: Told) -> str:
    """Return what was done."""
    words = {
        "word": told.word,
        "rows": number(told.rows),
        "name": told.name or told.word,
        "fields": spoken(told.fields) or "it",
        "object": object_of(told),
        "things": in_sentence(told.things) if told.things else told.word,
    }
    noun, _, what = told.action.rpartition(".")
    if told.action in SAYS:
        said = SAYS[told.action]
    elif told.verb:
        said = f"“{told.verb}” on {{object}}"
    elif what in PLAIN_DEEDS:
        said = many(told) or PLAIN_DEEDS[what].replace("{fields} of ", "" if not told.fields else "{fields} of ")
    else:
        said = f"{noun.replace('_', ' ').replace('.', ' ')}: {what.replace('-', ' ')} {{object}}".strip()
    return said.format(**words).strip()


def many(told: Told) -> str:
    """Return the words for a change of several rows; empty for one of one."""
    if told.rows == 1:
        return ""
    return f"{told.action.rpartition('.')[2].replace('edited', 'changed')} {{object}} and {told.rows - 1} more rows"


def object_of(told: Told) -> str:
    """Return what it was done to: ``plan Growth``."""
    name = f"“{told.name}”" if " " in told.name else told.name
    return f"{in_sentence(told.thing)} {name}".strip() if told.thing else (name or told.word)


def spoken(names: Sequence[str]) -> str:
    """Return names as they are spoken: ``price, name and two more``."""
    plain = [in_sentence(name) for name in names]
    if len(plain) > SPOKEN:
        return f"{', '.join(plain[: SPOKEN - 1])} and {len(plain) - SPOKEN + 1} more"
    return " and ".join(filter(None, (", ".join(plain[:-1]), plain[-1] if plain else "")))


SPOKEN = 4
KINDS: Mapping[ActorKind, str] = {
    ActorKind.MEMBER: "A member",
    ActorKind.SYSTEM: "The system",
    ActorKind.API_KEY: "API key",
    ActorKind.SCHEDULE: "The schedule",
    ActorKind.PUBLIC: "Somebody outside",
}


def actor_name(kind: ActorKind, member: str = "", key: str = "", label: str = "") -> str:
    """Return who acted: the member's name, else what the machine is called."""
    if kind is ActorKind.MEMBER:
        return member or KINDS[kind]
    if kind is ActorKind.SYSTEM and key == "command-line":
        return "Somebody on the command line"
    if kind is ActorKind.SYSTEM:
        return label or key or KINDS[kind]
    return f"{KINDS[kind]} {label or key[-8:]}".strip()

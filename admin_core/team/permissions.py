"""Every permission there is at present: what core and plugins ask for, each with words for whoever edits roles."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import Flask

from admin_core import menu, surfaces
from admin_core.contributions import Permission
from admin_core.generator.registry import Registry
from admin_core.machine import Machine
from admin_core.policy import VERBS, Verb
from admin_core.policy.decisions import OPEN_CLASSES, names_of
from schema.tags import GROUPS, PII_CLASSES

PERSONAL_DATA, PAGES, CORE = "Personal data", "Pages", "This backend"
RECORDS = "Records: "
DEEDS: dict[Verb, str] = {
    "read": "see",
    "create": "add",
    "edit": "edit",
    "delete": "delete",
    "export": "export",
    "import": "import",
}
CLASSES: dict[str, str] = {
    "contact": "e-mail addresses, phone numbers and postal addresses",
    "identity": "names, identity numbers and dates of birth",
    "special": "health, belief and other special personal information",
    "cv": "CVs and what was derived from them",
    "ip": "IP addresses, devices and places",
    "bank": "account and card details",
    "unclassified": "data that nobody has classified yet",
}

OF_CORE: tuple[Permission, ...] = (
    Permission("core:staff:invite", "invite members, and send or withdraw their invitations"),
    Permission("core:staff:assign", "give roles to members and take them away"),
    Permission("core:staff:disable", "disable members and let them in again"),
    Permission("core:staff:reset", "reset another member's second factor"),
    Permission("core:staff:sessions", "end another member's sessions"),
    Permission("core:staff:offboard", "hand over what a leaving member holds, and close their access"),
    Permission("core:roles:edit", "add, change and delete roles"),
    Permission("core:roles:see_as", "see the admin as another role or member sees it"),
    Permission("core:permissions:explain", "ask why another member may or may not do something"),
    Permission("core:alerts:edit", "change alert rules and channels"),
    Permission("core:alerts:handle", "acknowledge, assign, silence and close alerts"),
    Permission("core:api_keys:control", "make, rotate and revoke API keys"),
    Permission("core:approvals:alone", "decide alone what two people should, where nobody else may"),
    Permission("core:bulk:approve", "approve that others edit or delete many records at once"),
    Permission("core:approvals:limit", "change how much one person alone may do"),
    Permission("core:audit:verify", "have the audit log verified"),
    Permission("core:audit:report", "take reports of the audit log along"),
    Permission("core:imports:large", "ask for large imports, and approve those of others"),
    Permission("core:jobs:control", "run, retry and cancel jobs, and stop queues"),
    Permission("core:mail:cancel", "cancel e-mails that have not left"),
    Permission("core:mail:send", "send failed e-mails again"),
    Permission("core:mail:test", "send themselves test messages"),
    Permission("core:networks:edit", "change the networks from which the team may come"),
    Permission("core:plugins:control", "switch plugins on and off"),
    Permission("core:reports:others", "see reports, exports and files that others asked for"),
    Permission("core:settings:change", "change settings"),
    Permission("core:sources:control", "pause sources, and have them read again"),
    Permission("core:sources:load", "upload files for a source, whose rows then change records"),
    Permission("core:suppressions:add", "stop mail to an address"),
    Permission("core:suppressions:lift", "allow mail to a stopped address again"),
    Permission("core:webhooks:control", "change webhooks"),
)
"""What core asks for beyond pages and records. A test compares the list with the source."""


@dataclass(frozen=True)
class Known:
    """One permission. The rules of records have two names: of the table and of its group."""

    names: tuple[str, ...]
    label: str
    """Completes "may …"."""
    section: str

    @property
    def name(self) -> str:
        """The name that says it most exactly."""
        return self.names[0]


def known_permissions(parts: Machine, app: Flask) -> tuple[Known, ...]:
    """Return every permission of this installation, in the order of the role editor."""
    needs = {access.needs for access in surfaces.declared(app).values() if ":" in access.needs}
    found = [
        *personal_data(),
        *pages(menu.entries(parts.plugins), needs),
        *(Known((p.name,), p.label, CORE) for p in of_core(parts, needs)),
        *of_plugins(parts),
        *records(parts.registry),
    ]
    return tuple({known.names: known for known in reversed(found)}.values())[::-1]


def personal_data() -> Iterator[Known]:
    """Yield what may be seen and revealed of people."""
    for name in PII_CLASSES:
        if name not in OPEN_CLASSES and name != "secret":
            words = CLASSES.get(name, name)
            yield Known((f"pii:{name}:read",), f"see {words} in clear", PERSONAL_DATA)
            yield Known((f"pii:{name}:reveal",), f"reveal {words} one by one, giving a reason", PERSONAL_DATA)


def pages(entries: Iterable[menu.Entry], needs: Iterable[str]) -> Iterator[Known]:
    """Yield the pages, named by what the sidebar calls them."""
    titles: dict[str, list[str]] = {need: [] for need in needs if need.startswith("page:")}
    for entry in entries:
        if entry.permission.startswith("page:"):
            titles.setdefault(entry.permission, []).append(entry.label)
    for name, said in sorted(titles.items()):
        yield Known((name,), f"open {', '.join(said) or name.split(':')[1]}", PAGES)


def of_core(parts: Machine, needs: Iterable[str]) -> list[Permission]:
    """Return core's own; one that an action or a route asks for without words here is named by its action."""
    said = {permission.name for permission in OF_CORE}
    actions = {o.action.permission: o.action.label for o in parts.actions.offered if o.plugin == "core"}
    others = {name: actions.get(name, name) for name in (*actions, *needs) if name.startswith("core:")}
    return [*OF_CORE, *(Permission(name, label.lower()) for name, label in others.items() if name not in said)]


def of_plugins(parts: Machine) -> Iterator[Known]:
    """Yield what plugins registered, under the plugin's title."""
    titles = {plugin.name: plugin.title for plugin in parts.plugins}
    for answer in parts.plugins.collect("register_permissions"):
        for item in answer.items:
            yield Known((item.name,), item.label, titles.get(answer.plugin, answer.plugin))


def records(registry: Registry) -> Iterator[Known]:
    """Yield what may be done with the records of each table, group by group."""
    order = list(GROUPS)
    specs = sorted((registry.spec(key) for key in registry), key=lambda s: (place(order, s.group), s.group, s.plural))
    for spec in specs:
        for verb in VERBS:
            yield Known(names_of(verb, spec), f"{DEEDS[verb]} {spec.plural.lower()}", f"{RECORDS}{spec.group}")


def place(order: list[str], group: str) -> int:
    """Return where a group stands; those nobody ordered stand at the end."""
    return order.index(group) if group in order else len(order)

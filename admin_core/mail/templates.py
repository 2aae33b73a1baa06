"""The e-mail texts of this process: core's own and those of the plugins, by key."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from admin_core.alerts.words import MAIL as ALERT
from admin_core.approvals.words import MAILS
from admin_core.contributions import MailTemplate
from admin_core.mail.addresses import MailRefused
from admin_core.mail.secret_links import EXAMPLE
from admin_core.mail.words import problems
from admin_core.plugin_manager import Plugins

CORE = "core"
KEY = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_KEY = 80

TEST = MailTemplate(
    key="core.test",
    title="Test message",
    mail_class="internal",
    subject="Test message from {{ product_name }}",
    text="Hello {{ name }}\n\nThis message shows that {{ product_name }} can send mail.",
    variables={"name": "Ada"},
)
INVITATION = MailTemplate(
    key="core.invitation",
    title="Invitation to the team",
    mail_class="internal",
    subject="{{ inviter }} invites you to {{ product_name }}",
    text=(
        "Hello {{ name }}\n\n{{ inviter }} gives you access to {{ product_name }} as {{ roles }}."
        "\n\nChoose your password and set up your second factor here:\n\n{{ link }}"
        "\n\nThe link works once, for {{ days }} days. Do not pass it on: whoever follows it is you."
    ),
    variables={"name": "Thandi", "inviter": "Ada Nkosi", "roles": "Support", "link": EXAMPLE, "days": 3},
)
NEW_FACTOR = MailTemplate(
    key="core.new-second-factor",
    title="Second factor reset",
    mail_class="internal",
    subject="Set up your second factor for {{ product_name }} again",
    text=(
        "Hello {{ name }}\n\n{{ by }} has reset your second factor. Set up a new one here:\n\n{{ link }}"
        "\n\nThe link works once, for {{ minutes }} minutes. If you did not ask for this, call {{ by }} now."
    ),
    variables={"name": "Thandi", "by": "Ada Nkosi", "link": EXAMPLE, "minutes": 60},
)
ANCHOR = MailTemplate(
    key="core.audit-anchor",
    title="Anchor of the audit log",
    mail_class="internal",
    subject="{{ product_name }}: the audit log on {{ day }}",
    text=(
        "On {{ day }} the audit log {{ log }} held {{ size }} sealed entries under the root\n\n{{ root }}"
        "\n\nKeep this message. Who has it can show later that nothing was changed or cut off:"
        "\nsave it as a file and run  admin audit verify --anchor FILE\n\n{{ anchor }}"
    ),
    variables={
        "day": "2026-11-26",
        "log": "log-1",
        "size": 12480,
        "root": "ab" * 32,
        "anchor": "(the signed statement)",
    },
)
OF_CORE = (TEST, INVITATION, NEW_FACTOR, ANCHOR, ALERT)


@dataclass(frozen=True)
class OfferedTemplate:
    """A template with the plugin it comes from."""

    plugin: str
    template: MailTemplate


@dataclass(frozen=True)
class Templates:
    """Every e-mail text of this process."""

    offered: tuple[OfferedTemplate, ...] = ()
    by_key: dict[str, OfferedTemplate] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, offered: Iterable[OfferedTemplate]) -> "Templates":
        """Return a registry of these; of two with one key the first stays, and ``admin check`` names the other."""
        every = tuple(offered)
        by_key: dict[str, OfferedTemplate] = {}
        for each in every:
            by_key.setdefault(each.template.key, each)
        return cls(every, by_key)

    def __getitem__(self, key: str) -> MailTemplate:
        """Return the template, or raise MailRefused."""
        if key not in self.by_key:
            raise MailRefused(f"No e-mail text is called {key}. Its plugin may be disabled, or the name misspelt.")
        return self.by_key[key].template

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield the key and a sentence for everything that is wrong with a template."""
        seen: set[str] = set()
        for each in self.offered:
            key = each.template.key
            named = [*name_problems(each), *(["There are two of this key."] if key in seen else [])]
            yield from ((key, sentence) for sentence in [*named, *problems(each.template)])
            seen.add(key)


def name_problems(offered: OfferedTemplate) -> list[str]:
    """Return what is wrong with a template's key."""
    key = offered.template.key
    if not KEY.fullmatch(key) or len(key) > LONGEST_KEY:
        return ["Its key is not plugin.lower-case-words."]
    if not key.startswith(f"{offered.plugin}."):
        return [f"Its key does not begin with {offered.plugin}."]
    return []


def collected(plugins: Plugins) -> Templates:
    """Return the templates of core and of all running plugins."""
    theirs = (
        OfferedTemplate(answer.plugin, template)
        for answer in plugins.registered("register_mail_templates")
        for template in answer.items
    )
    return Templates.of([*(OfferedTemplate(CORE, template) for template in (*OF_CORE, *MAILS)), *theirs])

"""What messages about alerts say. Pure: no personal data goes in, so none comes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from admin_core.contributions import MailTemplate
from schema.alerts import NotificationKind

HEADS: dict[NotificationKind, str] = {
    NotificationKind.FIRING: "Firing",
    NotificationKind.REPEATED: "Still firing",
    NotificationKind.ESCALATED: "Nobody has acknowledged it",
    NotificationKind.RESOLVED: "Over",
    NotificationKind.TEST: "Test",
}
MARKS: dict[NotificationKind, str] = {NotificationKind.RESOLVED: ":white_check_mark:"}
WARNING_MARK = ":rotating_light:"

MAIL = MailTemplate(
    key="core.alert",
    title="Alert",
    mail_class="internal",
    subject="{{ prefix }}Alert: {{ title }}",
    text="{{ head }}: {{ title }} ({{ severity }}).\n\n{{ summary }}\n\nSee it, acknowledge it: {{ url }}{{ runbook }}",
    variables={
        "prefix": "",
        "head": "Firing",
        "title": "Jobs were given up",
        "severity": "critical",
        "summary": "3 jobs were given up in the last 24 hours.",
        "url": "https://admin.example.com/admin/alerts/incident/1",
        "runbook": "",
    },
)


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message about an alert, before a channel gives it a form."""

    id: str
    """The same for every try: receivers know a repeat by it."""
    kind: NotificationKind
    thread: str
    """What all messages about one incident have in common."""
    rule: str
    title: str
    severity: str
    summary: str
    url: str
    runbook: str = ""
    at: str = ""

    @property
    def head(self) -> str:
        """The first words."""
        return HEADS[self.kind]

    @classmethod
    def of(cls, message_id: str, payload: Mapping[str, Any]) -> "Message":
        """Return a message from what was kept of it."""
        return cls(id=message_id, **{**payload, "kind": NotificationKind(payload["kind"])})


def slack_body(message: Message) -> dict[str, Any]:
    """Return the message as chats take it that speak Slack's incoming webhooks."""
    mark = MARKS.get(message.kind, WARNING_MARK)
    head = f"{mark} *{message.head}: {escaped(message.title)}* ({message.severity})"
    links = [f"<{message.url}|Open the alert>", *([f"<{message.runbook}|What to do>"] if message.runbook else [])]
    said = [
        section(head),
        *([section(escaped(message.summary))] if message.summary else []),
        section(" · ".join(links)),
    ]
    return {"text": f"{message.head}: {escaped(message.title)}", "blocks": said}


def section(text: str) -> dict[str, Any]:
    """Return one paragraph."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:3_000]}}


def escaped(text: str) -> str:
    """Return text in which nothing is read as a link or a mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def webhook_body(message: Message) -> dict[str, Any]:
    """Return the message as programs take it: the same envelope as other webhooks."""
    data = {
        "incident": message.thread,
        "rule": message.rule,
        "title": message.title,
        "severity": message.severity,
        "summary": message.summary,
        "url": message.url,
        "runbook": message.runbook,
    }
    return {"type": f"alert.{message.kind.value}", "timestamp": message.at, "data": data}


def mail_variables(message: Message) -> dict[str, str | int]:
    """Return the variables of the e-mail."""
    return {
        "prefix": "Re: " if message.kind in {NotificationKind.RESOLVED, NotificationKind.REPEATED} else "",
        "head": message.head,
        "title": message.title,
        "severity": message.severity,
        "summary": message.summary or "It says nothing more.",
        "url": message.url,
        "runbook": f"\n\nWhat to do: {message.runbook}" if message.runbook else "",
    }

"""The form of a channel: what was typed, what is wrong with it, and the secret that signs. Pure but for the row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from admin_core.alerts.handling import one_line
from admin_core.alerts.targets import Target, hint, sealed
from admin_core.ciphers import Cipher
from admin_core.mail.addresses import MailRefused, readable_address
from admin_core.outgoing import AddressRefused, Rules, read_target
from admin_core.webhooks.signing import new_secret
from schema.alerts import AlertChannel, ChannelKind, Severity

LONGEST_NAME, LONGEST_TARGET, MOST_ADDRESSES = 200, 2_000, 10
KINDS: Mapping[ChannelKind, str] = {
    ChannelKind.EMAIL: "E-mail",
    ChannelKind.SLACK: "Chat (Slack, Mattermost and others that take its webhooks)",
    ChannelKind.WEBHOOK: "Webhook, signed",
}


@dataclass(frozen=True)
class ChannelForm:
    """What was typed, and what is wrong with it. Where it sends to is never put back into a page."""

    name: str = ""
    kind: str = ChannelKind.EMAIL.value
    minimum_severity: str = Severity.WARNING.value
    is_default: bool = True
    errors: Mapping[str, str] = field(default_factory=dict)
    target: Target | None = field(default=None, repr=False)
    """None: it stays as it was."""


def form_of(channel: AlertChannel | None) -> ChannelForm:
    """Return the form as it opens."""
    if channel is None:
        return ChannelForm()
    return ChannelForm(channel.name, channel.kind.value, channel.minimum_severity.value, channel.is_default)


def read_form(typed: Mapping[str, str], channel: AlertChannel | None, rules: Rules) -> ChannelForm:
    """Return what was typed with everything that is wrong about it."""
    name, text = one_line(typed.get("name", "")), typed.get("target", "").strip()
    kind = channel.kind.value if channel else typed.get("kind", "")
    severity = typed.get("minimum_severity", "")
    errors = {"name": name_problem(name)}
    errors["kind"] = "" if kind in {each.value for each in ChannelKind} else "Choose how people are told."
    errors["minimum_severity"] = "" if severity in {each.value for each in Severity} else "Choose from which on."
    target = None
    if (text or channel is None) and not errors["kind"]:
        target, errors["target"] = read_target_text(ChannelKind(kind), text, rules)
    found = {name: sentence for name, sentence in errors.items() if sentence}
    return ChannelForm(name, kind, severity, typed.get("is_default") == "yes", found, target)


def name_problem(name: str) -> str:
    """Return what is wrong with a name, empty when nothing is."""
    if not name:
        return "Say what it is called."
    return f"Use at most {LONGEST_NAME} characters." if len(name) > LONGEST_NAME else ""


def read_target_text(kind: ChannelKind, text: str, rules: Rules) -> tuple[Target | None, str]:
    """Return where a channel sends to, or what is wrong with it; what was typed is not repeated."""
    if len(text) > LONGEST_TARGET:
        return None, f"Use at most {LONGEST_TARGET} characters."
    if kind is ChannelKind.EMAIL:
        return read_addresses(text)
    if not text:
        return None, "Paste the address of the webhook."
    try:
        read_target(text, rules)
    except AddressRefused as refusal:
        return None, str(refusal)
    return Target(url=text, secret=new_secret() if kind is ChannelKind.WEBHOOK else ""), ""


def read_addresses(text: str) -> tuple[Target | None, str]:
    """Return the e-mail addresses of a text, or what is wrong with them."""
    typed = [part for part in re.split(r"[\s,;]+", text) if part]
    if not typed:
        return None, "Type at least one e-mail address."
    if len(typed) > MOST_ADDRESSES:
        return None, f"At most {MOST_ADDRESSES} addresses; a mailing list takes more."
    try:
        return Target(tuple(dict.fromkeys(readable_address(address) for address in typed))), ""
    except MailRefused as refusal:
        return None, str(refusal)


def apply(channel: AlertChannel, form: ChannelForm, cipher: Cipher) -> str:
    """Write what was typed; return the new signing secret, which is shown now and never again; empty: there is none."""
    channel.name, channel.is_default = form.name, form.is_default
    channel.minimum_severity = Severity(form.minimum_severity)
    if form.target is None:
        return ""
    channel.target, channel.target_hint = sealed(cipher, form.target), hint(channel.kind, form.target)
    channel.last_error = None
    return form.target.secret

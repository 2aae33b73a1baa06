"""What was typed into a section's form, judged: what would change, what is wrong, what somebody else changed. Pure.

A field that still says what it said when the form was opened is left alone, so two people may change two fields.
A typed secret is never given back: after a refused form it has to be entered again, and the field says so.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from admin_core.ciphers import Cipher, Unreadable
from admin_core.setting_fields import SettingField, SettingsSection, Value
from admin_core.setting_values import YES, text_of, value_of
from admin_core.settings_store import Stored

PURPOSE = "settings version"
THERE = "•"
"""Stands for a secret where only its presence counts."""
AGAIN = "Enter it again: what was typed here is not kept when a form is refused."
NEW_ADDRESS = "Enter it again, or remove it: otherwise it would be sent to the new address."
EITHER = "Either enter a new value or remove the stored one."
Found = Mapping[str, Stored]


@dataclass(frozen=True)
class Draft:
    """A form as it was sent."""

    changes: dict[str, Value] = field(default_factory=dict)
    """What is to be stored, when there are no errors; None removes."""
    typed: dict[str, str] = field(default_factory=dict)
    """Texts by field; without secrets."""
    errors: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)
    """What somebody else put meanwhile into a field that this person changed, too."""
    removed: frozenset[str] = frozenset()
    """Secrets ticked for removal."""

    @property
    def is_refused(self) -> bool:
        """True: nothing may be stored; the form is shown again."""
        return bool(self.errors or self.theirs)


def control(name: str) -> str:
    """Return the name and id of a field's control."""
    return f"f-{name}"


def removal(name: str) -> str:
    """Return the name of the tick that removes a secret."""
    return f"f-{name}-remove"


def shown(section: SettingsSection, found: Found) -> dict[str, str]:
    """Return what stands in each field; of a secret, since when it has been there."""
    return {f.name: mark(f, found[f.name]) for f in section.fields}


def mark(each: SettingField, stored: Stored) -> str:
    """Return the text that changes when somebody else changes the field."""
    if not each.is_secret:
        return text_of(each, stored.value)
    return stored.changed_at.isoformat() if stored.is_set and stored.changed_at else ""


def version(cipher: Cipher, section: SettingsSection, found: Found) -> str:
    """Return the hidden field that says what the form showed."""
    digests = {name: digest(text) for name, text in shown(section, found).items()}
    return cipher.seal(PURPOSE, json.dumps([section.name, digests], separators=(",", ":")))


def seen(cipher: Cipher, section: SettingsSection, sealed: str) -> Mapping[str, str]:
    """Return what the form had shown; nothing for a version we did not make: every difference is then asked about."""
    try:
        name, digests = json.loads(cipher.open(PURPOSE, sealed))
    except (Unreadable, ValueError):
        return {}
    return dict(digests) if name == section.name else {}


def digest(text: str) -> str:
    """Return a short fingerprint of a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def judge(section: SettingsSection, found: Found, form: Mapping[str, str], before: Mapping[str, str]) -> Draft:
    """Return the form as values to store, or with a sentence for each field that stands in the way."""
    draft = Draft(removed=frozenset(f.name for f in section.secrets if form.get(removal(f.name)) == YES))
    for each in section.fields:
        (judge_secret if each.is_secret else judge_text)(draft, each, found[each.name], form, before)
    need_secrets_again(draft, section, found)
    if not draft.errors and section.check:
        draft.errors.update(section.check(together(section, found, draft)))
    if draft.is_refused:
        for each in section.secrets:
            if form.get(control(each.name), "").strip():
                draft.errors.setdefault(each.name, AGAIN)
    return draft


def judge_text(
    draft: Draft, each: SettingField, stored: Stored, form: Mapping[str, str], before: Mapping[str, str]
) -> None:
    """Judge a field whose text may be shown."""
    now = text_of(each, stored.value)
    text = draft.typed[each.name] = form.get(control(each.name), now).replace("\r\n", "\n")
    if digest(text) == before.get(each.name):
        draft.typed[each.name] = now
        return
    try:
        value = value_of(each, text)
    except ValueError as problem:
        draft.errors[each.name] = str(problem)
        return
    if value == stored.value or (value is None and not stored.is_set):
        return
    if digest(now) != before.get(each.name):
        draft.theirs[each.name] = now
    draft.changes[each.name] = value


def judge_secret(
    draft: Draft, each: SettingField, stored: Stored, form: Mapping[str, str], before: Mapping[str, str]
) -> None:
    """Judge a field that is entered and never shown; left empty it stays as it is."""
    text = form.get(control(each.name), "")
    if not text.strip() and each.name not in draft.removed:
        return
    if text.strip() and each.name in draft.removed:
        draft.errors[each.name] = EITHER
        return
    if digest(mark(each, stored)) != before.get(each.name):
        draft.errors[each.name] = "Somebody else changed it meanwhile. Enter it again to replace theirs."
        return
    try:
        draft.changes[each.name] = value_of(each, text)
    except ValueError as problem:
        draft.errors[each.name] = f"{problem} Then enter it again: it is not kept."


def need_secrets_again(draft: Draft, section: SettingsSection, found: Found) -> None:
    """Refuse to send a stored secret to an address its owner did not enter it for."""
    if section.reaches not in draft.changes:
        return
    for each in section.secrets:
        if found[each.name].is_set and each.name not in draft.changes:
            draft.errors.setdefault(each.name, NEW_ADDRESS)


def together(section: SettingsSection, found: Found, draft: Draft) -> dict[str, Value]:
    """Return the section's values as they would be; of a secret only whether it is there."""
    kept = {f.name: THERE if f.is_secret and found[f.name].is_set else found[f.name].value for f in section.fields}
    defaults = section.defaults()
    changed = {name: defaults[name] if value is None else value for name, value in draft.changes.items()}
    return kept | {n: THERE if section[n].is_secret and v is not None else v for n, v in changed.items()}

"""Typed texts become values, or sentences; what was not touched stays; what others did meanwhile is seen."""

import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.ciphers import Cipher
from admin_core.configuration import drafts
from admin_core.setting_fields import Kind, SettingField, SettingsSection, Value
from admin_core.setting_values import as_json, from_json, text_of, value_of
from admin_core.settings_store import Stored

CIPHER = Cipher(["k" * 32])
THEN = datetime(2026, 3, 5, 10, tzinfo=UTC)
SHOP = SettingsSection(
    name="shop",
    title="Shop",
    description="A test.",
    fields=(
        SettingField(name="key", label="Key", kind="secret"),
        SettingField(name="url", label="Address", kind="url", default="https://shop.example"),
        SettingField(name="note", label="Note", kind="textarea"),
        SettingField(name="on", label="On", kind="switch", default=False),
    ),
    reaches="url",
)
EMPTY = {f.name: Stored(f.default, is_set=False) for f in SHOP.fields}
FULL = {
    **EMPTY,
    "key": Stored(None, is_set=True, hint="4711", changed_at=THEN),
    "note": Stored("a\nb", is_set=True, changed_at=THEN),
}


def field(kind: Kind, **words: object) -> SettingField:
    choices = (("a", "A"),) if kind == "choice" else ()
    return SettingField(name="x", label="X", kind=kind, choices=choices, **words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "  Ada  ", "Ada"),
        ("text", "", None),
        ("textarea", "a\r\nb", "a\nb"),
        ("secret", " abcd efgh ", "abcd efgh"),
        ("url", "https://example.com:8443/a?b=c#d", "https://example.com:8443/a?b=c#d"),
        ("email", "Ada@Example.com", "Ada@example.com"),
        ("number", "1 234", 1234),
        ("number", "-5", -5),
        ("rate", "15", Decimal("0.15")),
        ("rate", "15,5 %", Decimal("0.155")),
        ("date", "2026-03-05", date(2026, 3, 5)),
        ("choice", "a", "a"),
        ("switch", "yes", True),
        ("switch", "", False),
        ("switch", "no", False),
    ],
)
def test_a_text_is_read_and_kept(kind: Kind, text: str, value: Value) -> None:
    found = value_of(field(kind), text)
    assert found == value
    assert from_json(field(kind), as_json(found)) == value
    if kind != "secret":
        assert value_of(field(kind), text_of(field(kind), found)) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text", "a\nb"), ("text", "a\x00b"), ("text", "a\x1bb"), ("textarea", "a\x07"), ("secret", "a\nb"),
        ("url", "example.com"), ("url", "ftp://example.com"), ("url", "https://"), ("url", "https://a b.example"),
        ("url", "https://ada:x@example.com"), ("url", "https://example.com:99999"), ("url", "https://[::1"),
        ("url", "javascript:alert(1)"), ("url", 'https://a.example/"x'),
        ("email", "ada"), ("email", "ada@"), ("number", "1.5"), ("number", "٣"), ("number", "9" * 16),
        ("rate", "101"), ("rate", "-1"), ("rate", "1,234"), ("date", "5 March"), ("date", "2026-02-30"),
        ("choice", "b"), ("text", "x" * 2_001),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_a_sentence(kind: Kind, text: str) -> None:
    with pytest.raises(ValueError, match=r"[.]$"):
        value_of(field(kind), text)


@pytest.mark.parametrize(("text", "says"), [("0", "1 or more"), ("11", "10 or less")])
def test_a_number_keeps_its_bounds(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        value_of(field("number", least=1, most=10), text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    for kind in ("text", "textarea", "url", "email", "number", "rate", "date", "choice", "switch", "secret"):
        with contextlib.suppress(ValueError):
            value_of(field(kind), text)  # type: ignore[arg-type]


@pytest.mark.parametrize("stored", [1, "x", None, True, [], {}, "2026-99-99"])
@pytest.mark.parametrize("kind", ["number", "rate", "date", "switch", "text", "choice"])
def test_what_an_older_version_left_never_breaks_a_page(kind: Kind, stored: object) -> None:
    text_of(field(kind), from_json(field(kind), stored))


def sent(found: dict[str, Stored], seen: dict[str, Stored] | None = None, **form: str) -> drafts.Draft:
    before = drafts.seen(CIPHER, SHOP, drafts.version(CIPHER, SHOP, found if seen is None else seen))
    full = {drafts.control(name): text for name, text in drafts.shown(SHOP, seen or found).items() if name != "key"}
    return drafts.judge(
        SHOP, found, {**full, **{f"f-{name.replace('__', '-')}": text for name, text in form.items()}}, before
    )


def test_an_untouched_form_changes_nothing() -> None:
    for found in (EMPTY, FULL):
        draft = sent(found)
        assert (draft.changes, draft.errors, draft.theirs) == ({}, {}, {})


def test_what_was_touched_is_changed() -> None:
    draft = sent(FULL, note="c", on="yes", key="new")
    assert draft.changes == {"note": "c", "on": True, "key": "new"}
    assert sent(FULL, note="").changes == {"note": None}
    assert sent(FULL, key__remove="yes").changes == {"key": None}


def test_a_secret_is_not_among_what_was_typed() -> None:
    draft = sent(FULL, key="canary", url="no")
    assert "canary" not in repr(draft.typed) + repr(draft.errors)
    assert draft.errors["key"] == drafts.AGAIN


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({"url": "https://other.example"}, {"key": drafts.NEW_ADDRESS}),
        ({"url": "https://other.example", "key": "again"}, {}),
        ({"url": "https://other.example", "key__remove": "yes"}, {}),
        ({"key": "a", "key__remove": "yes"}, {"key": drafts.EITHER}),
        ({"url": ""}, {}),
    ],
)
def test_a_new_address_needs_the_secret_again(form: dict[str, str], errors: dict[str, str]) -> None:
    assert sent(FULL, **form).errors == errors


def test_another_persons_change_of_the_same_field_is_asked_about_and_of_another_is_not() -> None:
    theirs = {**FULL, "note": Stored("theirs", is_set=True, changed_at=THEN)}
    assert sent(theirs, FULL, note="mine").theirs == {"note": "theirs"}
    assert not sent(theirs, FULL, note="theirs").is_refused
    assert sent(theirs, FULL, on="yes").changes == {"on": True}
    assert sent(theirs, note="mine").changes == {"note": "mine"}, "the second time it is meant"


def test_a_version_made_for_another_section_is_worth_nothing() -> None:
    other = SettingsSection(name="other", title="", description="", fields=SHOP.fields)
    sealed = drafts.version(CIPHER, SHOP, FULL)
    assert drafts.seen(CIPHER, other, sealed) == {}
    assert drafts.seen(CIPHER, SHOP, sealed[:-3]) == {}
    assert "a\nb" not in sealed

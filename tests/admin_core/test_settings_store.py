"""Values of the settings page are kept in their types, secrets encrypted for their place and never told to pages."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_core import settings_store as store
from admin_core.ciphers import Cipher
from admin_core.configuration.sections import declared_sections
from admin_core.plugin_loading import load_plugins
from admin_core.setting_fields import SettingField, SettingsSection, Value
from schema.settings import IntegrationState, Setting
from schema.staff import StaffMember

OLD, NEW = "o" * 32, "n" * 32
CIPHER = Cipher([OLD])
KEY = "sk_live_canary-4711"
SHOP = SettingsSection(
    name="shop",
    title="Shop",
    description="A test.",
    fields=(
        SettingField(name="key", label="Key", kind="secret", required=True),
        SettingField(name="pin", label="Pin", kind="secret"),
        SettingField(name="url", label="Address", kind="url", default="https://shop.example"),
        SettingField(name="rate", label="Rate", kind="rate", default=Decimal("0.15")),
        SettingField(name="since", label="Since", kind="date"),
        SettingField(name="days", label="Days", kind="number"),
        SettingField(name="on", label="On", kind="switch", default=False),
    ),
    setup=True,
)
FULL: dict[str, Value] = {
    "key": KEY, "pin": "1234", "url": "https://a.example/", "rate": Decimal("0.155"), "since": date(2026, 3, 5),
    "days": 30, "on": True,
}  # fmt: skip


def row(session: Session, name: str) -> Setting:
    return session.scalars(sa.select(Setting).where(Setting.section == "shop", Setting.name == name)).one()


def test_what_is_written_is_read_in_its_type(session: Session) -> None:
    assert set(store.write(session, CIPHER, SHOP, FULL)) == set(FULL)
    session.expire_all()
    assert store.read(session, CIPHER, SHOP) == FULL


def test_defaults_stand_where_nothing_is_stored(session: Session) -> None:
    expected = {**dict.fromkeys(FULL), "url": "https://shop.example", "rate": Decimal("0.15"), "on": False}
    assert store.read(session, CIPHER, SHOP) == expected


def test_none_removes_and_what_is_not_named_stays(session: Session) -> None:
    store.write(session, CIPHER, SHOP, FULL)
    assert set(store.write(session, CIPHER, SHOP, {"pin": None, "rate": None})) == {"pin", "rate"}
    assert store.read(session, CIPHER, SHOP) == {**FULL, "pin": None, "rate": Decimal("0.15")}
    assert store.write(session, CIPHER, SHOP, {"pin": None, "rate": None, "days": 30}) == ()


def test_a_secret_is_stored_encrypted_for_its_own_place(session: Session) -> None:
    store.write(session, CIPHER, SHOP, {"key": KEY, "pin": "1234"})
    key, pin = row(session, "key"), row(session, "pin")
    assert KEY.encode() not in (key.secret or b"")
    assert (key.value, key.secret_hint, pin.secret_hint) == (None, "4711", None)
    key.secret, pin.secret = pin.secret, key.secret
    session.flush()
    with pytest.raises(store.UnreadableSecretError, match="ADMIN_OLD_SECRET_KEYS"):
        store.read(session, CIPHER, SHOP)


def test_pages_are_told_that_there_is_a_secret_and_nothing_of_it(session: Session) -> None:
    ada = StaffMember(name="Ada", email="ada@example.com", fs_uniquifier="ada")
    session.add(ada)
    session.flush()
    store.write(session, CIPHER, SHOP, {"key": KEY, "days": 3}, actor_id=ada.id)
    session.expunge_all()
    found = store.stored(session, SHOP)
    assert (found["key"].value, found["key"].is_set, found["key"].hint) == (None, True, "4711")
    assert (found["days"].value, found["days"].changed_by) == (3, "Ada")
    assert (found["pin"].is_set, found["rate"].value, found["rate"].is_set) == (False, Decimal("0.15"), False)
    assert KEY not in repr(found)
    assert store.read(session, CIPHER, SHOP)["key"] == KEY, "the same session can read it afterwards"


@pytest.mark.parametrize(
    ("values", "complete"), [({}, False), ({"url": "https://b.example"}, False), ({"key": KEY}, True)]
)
def test_a_section_is_set_up_when_what_it_requires_is_there(
    session: Session, values: dict[str, Value], complete: bool
) -> None:
    store.write(session, CIPHER, SHOP, values)
    assert store.is_configured(session, SHOP) is complete
    assert store.is_set_up(session, "shop") is complete


def test_a_change_forgets_what_the_last_test_said_and_no_change_does_not(session: Session) -> None:
    store.write(session, CIPHER, SHOP, {"key": KEY, "days": 1})
    state = session.scalars(sa.select(IntegrationState).where(IntegrationState.name == "shop")).one()
    state.last_test_ok, state.last_test_message = True, "It works."
    store.write(session, CIPHER, SHOP, {"days": 1})
    assert state.last_test_ok is True
    store.write(session, CIPHER, SHOP, {"days": 2})
    assert (state.configured, state.last_test_ok, state.last_test_message) == (True, None, None)


def test_an_old_key_opens_what_was_written_under_it(session: Session) -> None:
    store.write(session, CIPHER, SHOP, {"key": KEY, "pin": "1234"})
    both = Cipher([NEW, OLD])
    store.write(session, both, SHOP, {"pin": "5678"})
    values = store.read(session, both, SHOP)
    assert (values["key"], values["pin"]) == (KEY, "5678")


def test_hook_register_settings_collects_sections_in_their_order() -> None:
    sections = declared_sections(load_plugins())
    assert [section.name for section in sections][:1] == ["company"]
    assert sections.owners["yoco"] == "finance"
    assert "yoco" in sections
    assert "shop" not in sections
    with pytest.raises(LookupError, match="may be disabled"):
        sections["shop"]


def test_of_two_sections_with_one_name_the_first_stays() -> None:
    sections = store.Sections.of([("a", SHOP), ("b", SHOP)])
    assert (list(sections), sections.owners) == ([SHOP], {"shop": "a"})


@pytest.mark.parametrize(
    "make",
    [
        lambda: SettingField(name="Key", label="Key"),
        lambda: SettingField(name="key", label="Key", kind="wish"),  # type: ignore[arg-type]
        lambda: SettingField(name="key", label="Key", kind="choice"),
        lambda: SettingField(name="key", label="Key", choices=(("a", "A"),)),
        lambda: SettingField(name="key", label="Key", kind="secret", default="x"),
        lambda: SettingsSection(name="Shop", title="", description="", fields=()),
        lambda: SettingsSection(name="shop", title="", description="", fields=(), reaches="url"),
        lambda: SettingsSection(name="shop", title="", description="", fields=(SHOP.fields[0], SHOP.fields[0])),
    ],
)
def test_a_mistake_in_a_declaration_is_refused_at_once(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="Setting"):
        make()

"""Settings: complete ones are read, and every problem is named in one message."""

from typing import Any

import pytest

from admin_core.settings import Settings, SettingsError

COMPLETE = {
    "DATABASE_URL": "postgresql://admin@db/hireinbox",
    "REDIS_URL": "redis://localhost:6379/0",
    "ADMIN_SECRET_KEY": "k" * 40,
}


def test_complete_settings_are_read() -> None:
    given = COMPLETE | {"ADMIN_PROXIES": "2", "ADMIN_DISABLED_PLUGINS": "demo, finance"}
    settings = Settings.from_environment(given)
    assert settings.database_url == "postgresql+psycopg://admin@db/hireinbox"
    assert (settings.env, settings.proxies) == ("production", 2)
    assert settings.disabled_plugins == ("demo", "finance")


def test_every_missing_name_is_listed_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"ADMIN_PROXIES": "two"})
    named = " ".join(caught.value.problems)
    assert len(caught.value.problems) == 4
    for name in ("DATABASE_URL", "REDIS_URL", "ADMIN_SECRET_KEY", "ADMIN_PROXIES"):
        assert name in named


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "mysql://db/x", "postgresql://"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("ADMIN_SECRET_KEY", "short", "at least 32"),
        ("ADMIN_ENV", "staging", "production, demo"),
        ("ADMIN_PROXIES", "-1", "whole number"),
        ("ADMIN_PUBLIC_URL", "admin.example.com", "https://"),
    ],
)
def test_a_malformed_setting_is_named_with_what_to_write(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(COMPLETE | {name: value})
    assert caught.value.problems[0].startswith(name)
    assert says in caught.value.problems[0]


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("https://admin.example.com", False),
        ("http://10.0.0.5", False),
    ],
)
def test_the_demo_is_only_served_on_this_machine(url: str, fits: Any) -> None:
    given = COMPLETE | {"ADMIN_ENV": "demo", "ADMIN_PUBLIC_URL": url}
    if fits:
        assert Settings.from_environment(given).env == "demo"
    else:
        with pytest.raises(SettingsError, match="only served on this machine"):
            Settings.from_environment(given)

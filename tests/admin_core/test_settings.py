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
        ("ADMIN_ARTIFACTS_DIR", "files", "absolute path"),
        ("ADMIN_ARTIFACTS_URL", "https://bucket", "s3://our-files"),
        ("ADMIN_ARTIFACTS_URL", "s3:///prefix", "s3://our-files"),
        ("ADMIN_ARTIFACTS_ENDPOINT", "files.example.com", "https://"),
        ("ADMIN_PROXIES", "-1", "whole number"),
        ("ADMIN_PUBLIC_URL", "admin.example.com", "https://"),
        ("ADMIN_OUTGOING_LOOPBACK", "yes", "1 or 0"),
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


def test_production_never_calls_this_machine() -> None:
    given = COMPLETE | {"ADMIN_OUTGOING_LOOPBACK": "1"}
    for env in ("production", ""):
        with pytest.raises(SettingsError, match="ADMIN_OUTGOING_LOOPBACK is 1 in production"):
            Settings.from_environment(given | ({"ADMIN_ENV": env} if env else {}))
    for env in ("demo", "development", "test"):
        assert Settings.from_environment(given | {"ADMIN_ENV": env}).outgoing_loopback
    assert not Settings.from_environment(COMPLETE | {"ADMIN_OUTGOING_LOOPBACK": "0"}).outgoing_loopback


@pytest.mark.parametrize(
    ("given", "folder"),
    [
        ({}, "var/artifacts"),
        ({"ADMIN_STATE_DIR": "/srv/state"}, "/srv/state/artifacts"),
        ({"ADMIN_STATE_DIR": "/srv/state", "ADMIN_ARTIFACTS_DIR": "/mnt/files"}, "/mnt/files"),
    ],
)
def test_files_lie_in_the_state_directory_unless_a_folder_is_named(given: dict[str, str], folder: str) -> None:
    assert Settings.from_environment(COMPLETE | given).artifacts_dir == folder

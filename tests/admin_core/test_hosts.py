"""Under which names a process answers: 30 Host headers, in production and in a demo."""

import pytest

from admin_core.hosts import Names, name_in
from admin_core.settings import Settings, SettingsError

NAMES = Names.of(
    Settings(
        database_url="", redis_url="", secret_key="k" * 40, public_url="https://Admin.example.com", proxies=1,
        public_hosts=("api.example.com",),
    )
)  # fmt: skip
DEMO = Names.of(
    Settings(database_url="", redis_url="", secret_key="k" * 40, env="demo", public_url="http://127.0.0.1:8000")
)


@pytest.mark.parametrize("host", ["admin.example.com", "ADMIN.example.com", "admin.example.com:443", "api.example.com"])
def test_the_public_address_and_the_names_for_programs_are_ours(host: str) -> None:
    assert NAMES.is_known(name_in(host))
    assert NAMES.is_for_programs_alone(host) is host.startswith("api")


@pytest.mark.parametrize("host", [
    "", " ", "evil.example", "admin.example.com.evil.example", "evil.example/admin.example.com", "admin.example.com.",
    "admin.example.com@evil.example", "evil.example@admin.example.com", "evil.example:443", "admin.example.com:x",
    "admin.example.com:80:80", "admin.example.com:999999", "admin.example.com/x", "admin.example.com?x", ".example.com",
    "admin.example.com,evil.example", "admin.example.com evil.example", "admin.example.com\tx", "admin_example.com",
    "localhost", "127.0.0.1", "[::1]", "[::1", "10.0.0.2", "ädmin.example.com", "a" * 300, "*", "null",
])  # fmt: skip
def test_any_other_name_is_not(host: str) -> None:
    assert not NAMES.is_known(name_in(host))


@pytest.mark.parametrize(("host", "known"), [
    ("localhost:8000", True), ("127.0.0.1:8000", True), ("[::1]:8000", True), ("127.0.0.2", True),
    ("evil.example", False), ("localhost.evil.example", False), ("10.0.0.2", False),
])  # fmt: skip
def test_a_demo_answers_to_every_name_of_this_machine(host: str, *, known: bool) -> None:
    assert DEMO.is_known(name_in(host)) is known


def test_names_for_programs_are_names() -> None:
    base = {"DATABASE_URL": "postgresql://x/y", "REDIS_URL": "redis://x", "ADMIN_SECRET_KEY": "k" * 40}
    given = Settings.from_environment({**base, "ADMIN_PUBLIC_HOSTS": "API.example.com, b.example.com"})
    assert given.public_hosts == ("api.example.com", "b.example.com")
    for wrong in ("https://api.example.com", "api.example.com:80", "*.example.com", "a b"):
        with pytest.raises(SettingsError, match="ADMIN_PUBLIC_HOSTS"):
            Settings.from_environment({**base, "ADMIN_PUBLIC_HOSTS": wrong})

"""Limits as programs meet them, with a Redis that answers; without one all other tests of the API run."""

from collections.abc import Iterator

import pytest

from admin_core.api import limits
from admin_core.api.limits import FAILURES_PER_MINUTE, Limiter
from admin_core.settings import Settings
from admin_core.supervisor.servers import start_redis
from tests.journeys.api.programs import BROWSER, ORIGIN, ROOT, api_of, program, refused
from tests.journeys.site import Site


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    running = start_redis()
    yield running.url
    running.stop()


@pytest.fixture(autouse=True)
def counting(site: Site, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TOTAL_S", 10.0)  # the test machine is busy, not ill
    settings = Settings(database_url="postgresql+psycopg://x/y", redis_url=redis_url, secret_key="k" * 40, env="test")
    monkeypatch.setattr(api_of(site), "limiter", Limiter(settings))


def test_a_key_over_its_limit_is_told_how_long_to_wait(site: Site) -> None:
    caller, other = program(site, rate_per_minute=3), program(site, rate_per_minute=3)
    good = [caller.get("/key") for _ in range(3)]
    assert [answer.headers["RateLimit"].split(";")[1] for answer in good] == ["r=2", "r=1", "r=0"]
    assert {answer.headers["RateLimit-Policy"] for answer in good} == {'"minute";q=3;w=60'}
    over = caller.get("/key")
    refused(over, 429, "too-many-requests")
    assert 1 <= int(over.headers["Retry-After"]) <= 60
    assert other.get("/key").status_code == 200


def test_a_browser_key_is_limited_for_each_visitor(site: Site) -> None:
    caller = program(site, rate_per_minute=1, **BROWSER)
    caller.headers["Origin"] = ORIGIN
    statuses = [
        caller.get("/key", environ_base={"REMOTE_ADDR": address}).status_code
        for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2")
    ]
    assert statuses == [200, 429, 200]


def test_who_guesses_keys_is_stopped_and_others_at_the_address_are_not(site: Site) -> None:
    caller, client = program(site), site.app.test_client(use_cookies=False)
    place = {"environ_base": {"REMOTE_ADDR": "203.0.113.50"}}
    for _ in range(FAILURES_PER_MINUTE):
        refused(client.get(f"{ROOT}/key", headers={"Authorization": "Bearer guess"}, **place), 401, "key-unknown")
    answer = client.get(f"{ROOT}/key", headers={"Authorization": "Bearer guess"}, **place)
    refused(answer, 429, "too-many-failures")
    assert "Retry-After" in answer.headers
    assert caller.get("/key", **place).status_code == 200


@pytest.mark.parametrize("values", [{"allowed_networks": ["10.0.0.0/8"]}, BROWSER], ids=["network", "origin"])
def test_who_uses_a_key_where_it_is_not_good_is_stopped_and_its_owner_is_not(
    site: Site, values: dict[str, object]
) -> None:
    caller, thief = program(site, rate_per_minute=2, **values), {"REMOTE_ADDR": f"203.0.113.{70 + len(values)}"}
    for _ in range(FAILURES_PER_MINUTE):
        assert caller.get("/key", environ_base=thief).status_code == 403
    refused(caller.get("/key", environ_base=thief), 429, "too-many-failures")
    good = caller.get("/key", environ_base={"REMOTE_ADDR": "10.0.0.7"}, headers={"Origin": ORIGIN})
    assert (good.status_code, good.headers["RateLimit"].split(";")[1]) == (200, "r=1")

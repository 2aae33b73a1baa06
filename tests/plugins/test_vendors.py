"""Each vendor is asked exactly what it documents, and each kind of answer has its words. Servers on loopback."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import make_url

from admin_core.configuration.sections import declared_sections
from admin_core.jobs.errors import JobError, JobFailed
from admin_core.plugin_loading import load_plugins
from admin_core.setting_fields import Values
from tests.admin_core.vendors import Vendor, vendor

SECTIONS = declared_sections(load_plugins())
REF = "abcdefghijklmnopqrst"
HEALTHY = [{"name": name, "healthy": True, "status": "ACTIVE_HEALTHY"} for name in ("auth", "db")]


@dataclass(frozen=True)
class Case:
    section: str
    values: Values
    target: str
    key: str
    answer: Any
    says: str


CASES = (
    Case("yoco", {"secret_key": "sk_live_1"}, "/api/webhooks", "sk_live_1", {"subscriptions": []},
         "(live mode); no webhooks are registered"),
    Case("yoco", {"secret_key": "sk_test_1"}, "/api/webhooks", "sk_test_1", {"subscriptions": [{}, {}]},
         "(test mode); 2 webhooks are registered"),
    Case("openai", {"admin_key": "sk-admin-1"}, "/v1/organization/costs?bucket_width=1d&limit=1", "sk-admin-1",
         {"object": "page", "data": [], "has_more": False}, "shows the organisation's costs"),
    Case("sentry", {"token": "sntryu_1", "organization": "hire-inbox"},
         "/api/0/organizations/hire-inbox/issues/?limit=1", "sntryu_1", [], "no issue is open"),
    Case("sentry", {"token": "sntryu_1", "organization": "hire-inbox"},
         "/api/0/organizations/hire-inbox/issues/?limit=1", "sntryu_1", [{"id": "1"}], "there are open issues"),
    Case("supabase", {"access_token": "sbp_1", "project": REF},
         f"/v1/projects/{REF}/health?services=auth%2Cdb%2Cpooler%2Crealtime%2Crest%2Cstorage", "sbp_1", HEALTHY,
         "all its services are healthy"),
    Case("supabase", {"access_token": "sbp_1", "project": REF},
         f"/v1/projects/{REF}/health?services=auth%2Cdb%2Cpooler%2Crealtime%2Crest%2Cstorage", "sbp_1",
         [*HEALTHY, {"name": "rest", "status": "UNHEALTHY"}], "not healthy now: rest"),
    Case("supabase-auth", {"service_key": "sb_secret_1"}, "/auth/v1/admin/users?page=1&per_page=1", "sb_secret_1",
         {"users": [], "aud": "authenticated"}, "lets it look after accounts"),
    Case("vercel", {"token": "v1"}, "/v6/deployments?limit=1", "v1", {"deployments": []}, "no deployment yet"),
    Case("vercel", {"token": "v1", "team": "team_1", "project": "prj_1"},
         "/v6/deployments?limit=1&projectId=prj_1&teamId=team_1", "v1", {"deployments": [{"uid": "d"}]},
         "shows deployments"),
)  # fmt: skip
ONE_EACH = {case.section: case for case in CASES}.values()


@pytest.fixture
def shop() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


def ask(case: Case, shop: Vendor) -> str:
    section = SECTIONS[case.section]
    return section.test_function()({**section.defaults(), **case.values, section.reaches: shop.url})


def sorted_target(target: str) -> tuple[str, list[tuple[str, str]]]:
    parts = urlsplit(target)
    return parts.path, sorted((n, v) for n, v in parse_qsl(parts.query) if n != "start_time")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.section}: {case.says}")
def test_a_vendor_is_asked_what_it_documents(case: Case, shop: Vendor) -> None:
    shop.answer = (200, case.answer)
    assert case.says in ask(case, shop)
    ((method, target, authorization),) = shop.asked
    assert (method, authorization) == ("GET", f"Bearer {case.key}")
    assert sorted_target(target) == sorted_target(case.target)


def test_costs_are_asked_for_a_whole_utc_day(shop: Vendor) -> None:
    case = next(case for case in CASES if case.section == "openai")
    shop.answer = (200, case.answer)
    ask(case, shop)
    start = int(dict(parse_qsl(urlsplit(shop.asked[0][1]).query))["start_time"])
    assert start % 86_400 == 0


ANSWERS: tuple[tuple[tuple[int, Any], type[Exception], str], ...] = (
    ((401, {"message": "no"}), JobFailed, "does not accept the key"),
    ((403, {}), JobFailed, "lacks a permission"),
    ((404, {}), JobFailed, "found nothing"),
    ((429, {}), JobError, "too often"),
    ((502, "<html>"), JobError, "problem of its own"),
    ((200, "<html>"), JobFailed, "don't understand"),
    ((200, "null"), JobFailed, "don't understand"),
    ((200, {"data": 1, "subscriptions": 1, "deployments": 1}), JobFailed, "don't understand"),
    ((200, [1]), JobFailed, "don't understand"),
)
ASKED = [
    (case, *answer)
    for case in ONE_EACH
    for answer in ANSWERS
    if not (case.section == "sentry" and answer[0][1] == [1])  # a list is what it answers
]


@pytest.mark.parametrize(("case", "answer", "kind", "says"), ASKED, ids=lambda value: getattr(value, "section", ""))
def test_every_answer_has_its_words(
    case: Case, shop: Vendor, answer: tuple[int, Any], kind: type[Exception], says: str
) -> None:
    shop.answer = answer
    with pytest.raises(kind, match=says) as raised:
        ask(case, shop)
    assert case.key not in str(raised.value)


def test_every_integration_says_where_it_calls_or_keeps_that_secret() -> None:
    for section in SECTIONS:
        if section.test and not section.reaches:
            assert [f.name for f in section.fields] == ["database_url"], section.name


# --- The customer app's database


def connect(url: str) -> str:
    return SECTIONS["supabase-database"].test_function()({"database_url": url})


def plain(url: str, **parts: Any) -> str:
    return make_url(url).set(drivername="postgresql", **parts).render_as_string(hide_password=False)


def test_a_database_that_answers_tells_its_size_and_who_may_too_much(database_url: str) -> None:
    said = connect(plain(database_url))
    assert "The database answers; it holds" in said
    assert "make one that only reads" in said  # tests run as a superuser


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"database": "nowhere_canary"}, "no database of that name"),
        ({"username": "nobody_canary"}, "user or the password|no connection"),
    ],
)
def test_a_refused_connection_has_its_words(database_url: str, parts: dict[str, str], says: str) -> None:
    with pytest.raises((JobFailed, JobError), match=says) as raised:
        connect(plain(database_url, **parts))
    assert "canary" not in str(raised.value)


def test_a_malformed_connection_string_is_not_quoted() -> None:
    with pytest.raises((JobError, JobFailed)) as raised:
        connect("postgresql://ada:canary@h ost/x")
    assert "canary" not in str(raised.value)


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from plugins.health import clients

    monkeypatch.setattr(clients, "TIMEOUT_S", 2)  # libpq takes no less
    with socket.create_server(("127.0.0.1", 0)) as silent:
        held: list[socket.socket] = []
        thread = threading.Thread(target=lambda: held.append(silent.accept()[0]), daemon=True)
        thread.start()
        with pytest.raises(JobError, match="no connection"):
            connect(f"postgresql://ada:x@127.0.0.1:{silent.getsockname()[1]}/x")
        thread.join()
        held[0].close()

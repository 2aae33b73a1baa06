"""Feature flags over OFREP: what the protocol says, and the real OpenFeature client against a running server."""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from openfeature import api as openfeature
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from admin_core.api.limits import Allowance
from admin_core.jobs.perform import Runner
from plugins.catalog.views import ofrep
from schema.audit import AuditEntry
from schema.customers import Customer
from schema.flags import FeatureFlag, FlagMember, FlagOverride, FlagRule
from schema.jobs import Job
from tests.journeys.api.programs import BROWSER, ORIGIN, Program, api_of, program
from tests.journeys.site import Site

ALL = "/ofrep/v1/evaluate/flags"
NOMSA, OTTO = "cus-nomsa-é", "cus-otto"


@pytest.fixture(scope="module")
def customers(site: Site) -> dict[str, UUID]:
    """Return Nomsa, on a plan, and Otto, on none, under the keys of the customer app."""
    with site.machine.database.transaction() as session:
        on_plan = session.scalars(sa.select(Customer).where(Customer.plan_id.is_not(None)).limit(1)).one()
        off_plan = session.scalars(sa.select(Customer).where(Customer.id != on_plan.id).limit(1)).one()
        on_plan.external_id, off_plan.external_id, off_plan.plan_id = NOMSA, OTTO, None
        return {NOMSA: on_plan.id, OTTO: off_plan.id}


@pytest.fixture(scope="module")
def flags(site: Site, customers: dict[str, UUID]) -> dict[str, UUID]:
    """Return the keys of flags of every type; ``t-plan`` is of Nomsa's plan, ``t-share`` of half of all."""
    words: dict[str, dict[str, Any]] = {
        "t-plan": {"value_type": "string", "on_value": "new", "off_value": "old", "is_public": True},
        "t-share": {"rollout_percent": 50},
        "t-number": {"value_type": "number", "on_value": 25, "off_value": 5, "rollout_percent": 100},
        "t-json": {"value_type": "json", "on_value": {"limit": 5}, "off_value": {}, "rollout_percent": 100},
        "t-off": {"is_enabled": False, "rollout_percent": 100},
        "t-set": {"value_type": "string", "on_value": "a", "off_value": "b"},
    }
    with site.machine.database.transaction() as session:
        made = {key: FeatureFlag(key=key, name=key, **{"is_enabled": True, **more}) for key, more in words.items()}
        session.add_all(made.values())
        session.flush()
        plan_id = session.get_one(Customer, customers[NOMSA]).plan_id
        session.add(FlagRule(flag_id=made["t-plan"].id, position=1, plan_id=plan_id))
        session.add(FlagOverride(flag_id=made["t-set"].id, customer_id=customers[NOMSA], value="c", reason="Asked."))
        return {key: flag.id for key, flag in made.items()}


@pytest.fixture
def server(site: Site, flags: dict[str, UUID]) -> Program:
    return program(site, "flags:evaluate")


@pytest.fixture
def page(site: Site, flags: dict[str, UUID]) -> Program:
    found = program(site, "flags:evaluate", **BROWSER)
    found.headers["Origin"] = ORIGIN
    return found


def ask(caller: Program, path: str, context: Any = None, **words: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {caller.key.text}", **caller.headers, **words.pop("headers", {})}
    body = {} if context is None else {"context": context}
    return caller.client.post(ALL + path, **{"json": body, "headers": headers, **words})


def who(name: str) -> dict[str, Any]:
    return {"targetingKey": name, "appVersion": "3.1", "plan": "enterprise"}


@pytest.mark.parametrize(("flag", "name", "value", "reason", "variant"), [
    ("t-plan", NOMSA, "new", "TARGETING_MATCH", "on"),
    ("t-plan", OTTO, "old", "STATIC", "off"),
    ("t-plan", "a stranger", "old", "STATIC", "off"),
    ("t-number", OTTO, 25, "STATIC", "on"),
    ("t-json", OTTO, {"limit": 5}, "STATIC", "on"),
    ("t-off", NOMSA, False, "DISABLED", "off"),
    ("t-set", NOMSA, "c", "TARGETING_MATCH", "override"),
    ("t-set", OTTO, "b", "STATIC", "off"),
])  # fmt: skip
def test_a_flag_answers_by_what_our_records_say_of_the_customer(
    server: Program, flag: str, name: str, value: object, reason: str, variant: str
) -> None:
    answer = ask(server, f"/{flag}", who(name))
    assert answer.status_code == 200, answer.text
    assert answer.json == {"key": flag, "value": value, "reason": reason, "variant": variant, "metadata": {}}


def test_our_own_key_of_a_customer_is_as_good_as_the_apps(server: Program, customers: dict[str, UUID]) -> None:
    by_app, by_us = (ask(server, "", who(name)).json for name in (NOMSA, str(customers[NOMSA])))
    assert by_app == by_us


@pytest.mark.parametrize(("path", "words", "status", "code", "details"), [
    ("/no-such-flag", {}, 404, "FLAG_NOT_FOUND", "no such flag"),
    ("/%00", {}, 404, "FLAG_NOT_FOUND", ""),
    ("/t-plan", {"context": {"targetingKey": ""}}, 400, "TARGETING_KEY_MISSING", "empty"),
    ("", {"context": {"targetingKey": " "}}, 400, "TARGETING_KEY_MISSING", "empty"),
    ("/t-plan", {"context": {"targetingKey": 7}}, 400, "INVALID_CONTEXT", "/context/targetingKey"),
    ("/t-plan", {"context": {"targetingKey": "x" * 201}}, 400, "INVALID_CONTEXT", "200"),
    ("/t-plan", {"context": {"targetingKey": "a\0b"}}, 400, "INVALID_CONTEXT", "NUL"),
    ("/t-plan", {"json": {"context": []}}, 400, "INVALID_CONTEXT", "/context"),
    ("/t-plan", {"json": []}, 400, "PARSE_ERROR", "The body"),
    ("", {"data": b"{", "content_type": "application/json", "json": None}, 400, "PARSE_ERROR", "no JSON"),
    ("", {"data": b"", "content_type": "application/json", "json": None}, 400, "PARSE_ERROR", "no JSON"),
    ("", {"data": b"{}", "content_type": "text/plain", "json": None}, 400, "PARSE_ERROR", "application/json"),
    ("", {"data": b" " * 20_000, "content_type": "application/json", "json": None}, 413, "GENERAL", "at most"),
])  # fmt: skip
def test_refusals_are_the_protocols(
    server: Program, path: str, words: dict[str, Any], status: int, code: str, details: str
) -> None:
    answer = ask(server, path, words.pop("context", None), **words)
    found: dict[str, str] = answer.json or {}
    assert (answer.status_code, found["errorCode"]) == (status, code), answer.text
    assert details in found["errorDetails"]
    assert answer.mimetype == "application/json"
    assert ("key" in found) == bool(path)


def test_who_may_not_is_told_so_in_the_protocols_shape(site: Site, server: Program) -> None:
    other = program(site, "feedback:read")
    assert (ask(other, "", {}).status_code, (ask(other, "", {}).json or {})["errorCode"]) == (403, "GENERAL")
    bare = site.app.test_client(use_cookies=False)
    assert bare.post(ALL, json={}).status_code == 401
    assert bare.post(ALL, json={}, headers={"X-API-Key": server.key.text}).status_code == 200
    assert bare.get("/api/v1/key", headers={"X-API-Key": server.key.text}).status_code == 401
    assert bare.get(ALL).status_code == 405
    assert bare.get("/ofrep/nothing").mimetype == "application/problem+json"


def test_who_says_no_name_is_answered_and_outside_every_share(server: Program) -> None:
    for context in (None, {}, {"country": "ZA"}):
        assert (ask(server, "/t-share", context).json or {})["value"] is False
        assert (ask(server, "/t-number", context).json or {})["value"] == 25


def test_a_page_sees_public_flags_alone(page: Program) -> None:
    answer = ask(page, "", who(NOMSA))
    assert [flag["key"] for flag in (answer.json or {})["flags"]] == ["t-plan"]
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert ask(page, "/t-share", who(NOMSA)).status_code == 404
    refused = ask(page, "", who(NOMSA), headers={"Origin": "https://evil.example"})
    assert (refused.status_code, "Access-Control-Allow-Origin" in refused.headers) == (403, False)


def test_a_page_may_ask_before_it_sends(site: Site, page: Program) -> None:
    api_of(site).keys.forget()
    wanted = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    for path in (ALL, f"{ALL}/t-plan"):
        answer = site.app.test_client().options(path, headers=wanted)
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        sent = answer.headers["Access-Control-Allow-Headers"].split(", ")
        assert {"Authorization", "X-API-Key", "Content-Type", "If-None-Match"} <= set(sent)


def test_who_has_the_answer_gets_304_until_it_changes(site: Site, page: Program, flags: dict[str, UUID]) -> None:
    first = ask(page, "", who(NOMSA))
    known = {"If-None-Match": first.headers["ETag"]}
    again = ask(page, "", who(NOMSA), headers=known)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert again.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert ask(page, "", who(OTTO), headers=known).status_code == 200
    change(site, flags["t-plan"], is_enabled=False)
    try:
        assert ask(page, "", who(NOMSA), headers=known).status_code == 200
    finally:
        change(site, flags["t-plan"], is_enabled=True)


def change(site: Site, flag_id: UUID, **values: Any) -> None:
    with site.machine.database.transaction() as session:
        session.execute(sa.update(FeatureFlag).where(FeatureFlag.id == flag_id).values(**values))


def members(site: Site, flag_id: UUID) -> set[UUID]:
    with site.machine.database.sessions() as session:
        return set(session.scalars(sa.select(FlagMember.customer_id).where(FlagMember.flag_id == flag_id)))


def test_who_fell_into_a_share_is_remembered_once_and_stays(
    site: Site, server: Program, flags: dict[str, UUID], customers: dict[str, UUID]
) -> None:
    key = flags["t-share"]
    change(site, key, rollout_percent=100)
    threads = [threading.Thread(target=ask, args=(server, "/t-share", who(OTTO))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert members(site, key) == {customers[OTTO]}
    change(site, key, rollout_percent=0)
    kept, other = (ask(server, "/t-share", who(name)).json or {} for name in (OTTO, NOMSA))
    assert (kept["value"], kept["reason"], other["value"]) == (True, "SPLIT", False)
    change(site, key, rollout_percent=50)


def test_an_evaluation_costs_few_statements_and_writes_nothing(
    site: Site, server: Program, flags: dict[str, UUID]
) -> None:
    for path, context, most in (("", who(NOMSA), 3), ("/t-plan", who(NOMSA), 3), ("", {}, 2)):
        ask(server, path, context)  # joins shares, and the key is known
        with site.counted() as statements:
            assert ask(server, path, context).status_code == 200
        asked = [statement for statement in statements if "FROM admin.api_keys" not in statement]
        assert len(asked) <= most, asked
        assert all(statement.startswith("SELECT") for statement in statements), statements


def test_no_evaluation_stands_in_the_log_of_changes(site: Site, server: Program) -> None:
    def count() -> int:
        with site.machine.database.sessions() as session:
            asked = sa.select(sa.func.count()).where(AuditEntry.action.like("api.%evaluate%"))
            return session.scalar(asked) or 0

    before = count()
    ask(server, "", who(NOMSA))
    assert count() == before


def test_a_worker_writes_down_once_a_day_that_a_flag_is_in_use(
    site: Site, server: Program, flags: dict[str, UUID]
) -> None:
    def asked_for() -> list[Job]:
        with site.machine.database.sessions() as session:
            jobs = session.scalars(sa.select(Job).where(Job.name == ofrep.NOTE_EVALUATIONS).order_by(Job.created_at))
            return [job for job in jobs if job.args["flags"] == [str(flags["t-json"])]]

    before = len(asked_for())
    ofrep.noted.clear()
    for _ in range(3):
        ask(server, "/t-json", who(NOMSA))
    *_, job = jobs = asked_for()
    assert len(jobs) == before + 1
    assert Runner(site.machine).perform(job.id)
    with site.machine.database.sessions() as session:
        flag = session.get_one(FeatureFlag, flags["t-json"])
        assert flag.last_evaluated_at is not None
        assert flag.last_evaluated_at.isoformat() == job.args["moment"]


# --- The real client ---------------------------------------------------------------


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    """Yield where the application answers over a real socket."""
    running = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()


@pytest.fixture
def client(address: str, server: Program) -> Iterator[OpenFeatureClient]:
    headers = {"Authorization": f"Bearer {server.key.text}"}
    domain = uuid4().hex
    openfeature.set_provider(OFREPProvider(address, headers_factory=lambda: headers), domain)
    yield openfeature.get_client(domain)
    openfeature.clear_providers()


def test_the_openfeature_client_reads_every_type(client: OpenFeatureClient) -> None:
    nomsa, otto = EvaluationContext(NOMSA, {"appVersion": "3.1"}), EvaluationContext(OTTO)
    assert client.get_string_value("t-plan", "code", nomsa) == "new"
    assert client.get_string_value("t-plan", "code", otto) == "old"
    assert client.get_integer_value("t-number", 1, nomsa) == 25
    assert client.get_object_value("t-json", {}, nomsa) == {"limit": 5}
    details = client.get_string_details("t-set", "code", nomsa)
    assert (details.value, details.variant, details.reason) == ("c", "override", Reason.TARGETING_MATCH)
    assert client.get_boolean_details("t-off", default_value=True, evaluation_context=nomsa).reason == Reason.DISABLED


def test_the_openfeature_client_falls_back_to_the_code(client: OpenFeatureClient) -> None:
    missing = client.get_boolean_details("no-such-flag", default_value=True)
    assert (missing.value, missing.error_code) == (True, ErrorCode.FLAG_NOT_FOUND)
    wrong_type = client.get_boolean_details("t-json", default_value=True)
    assert (wrong_type.value, wrong_type.error_code) == (True, ErrorCode.TYPE_MISMATCH)
    bad = client.get_boolean_details("t-off", default_value=True, evaluation_context=EvaluationContext("x" * 201))
    assert (bad.value, bad.error_code) == (True, ErrorCode.INVALID_CONTEXT)


def test_the_openfeature_client_waits_when_it_is_told_to(
    site: Site, client: OpenFeatureClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = Allowance(allowed=False, limit=1, remaining=0, reset_s=30)
    monkeypatch.setattr(api_of(site).limiter, "hit", lambda *_: over)
    first = client.get_boolean_details("t-off", default_value=True)
    assert (first.value, first.error_message) == (True, "Rate limited, retry after: 30")
    monkeypatch.undo()
    assert "paused" in str(client.get_boolean_details("t-off", default_value=True).error_message)


def test_a_key_that_is_unknown_leaves_the_code_its_default(address: str) -> None:
    openfeature.set_provider(OFREPProvider(address), "nobody")
    found = openfeature.get_client("nobody").get_boolean_details("t-off", default_value=True)
    assert (found.value, found.error_message) == (True, "unauthorized")

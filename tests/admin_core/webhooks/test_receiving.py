"""In: what a sender meets at the address, over HTTP and many threads; and what is left of it here."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, event, select
from standardwebhooks.webhooks import Webhook
from werkzeug.test import TestResponse

from admin_core.app import create_app
from admin_core.webhooks import receiving
from admin_core.webhooks.receiving import Refusals, storable
from admin_core.webhooks.signing import Message, SignatureRefused, new_secret, signed_headers
from schema.api import IncomingWebhook
from schema.jobs import Job
from schema.settings import Setting
from tests.admin_core.webhooks.world import HOOKS, SECRET, SHOP, World, settings_for
from tests.journeys.site import UNCOUNTED

BODY = b'{"type": "order.made",  "data": {"do": "it"}}'


@pytest.fixture(scope="module")
def app(webhooks_world: World) -> Iterator[Flask]:
    """Yield the whole application, with the hooks of these tests."""
    app = create_app(settings_for(str(webhooks_world.machine.settings.database_url)))
    parts = app.extensions["admin_core"]
    object.__setattr__(parts, "webhooks", HOOKS)
    yield app
    parts.database.engine.dispose()


@pytest.fixture
def client(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(receiving, "WRITE_EVERY_S", 0)
    return app.test_client()


def signed(
    body: bytes = BODY, message_id: str = "msg_1", secret: str = SECRET, at: datetime | None = None
) -> dict[str, str]:
    """Return a sender's headers, by the reference library."""
    at = at or datetime.now(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body.decode("utf-8", "surrogateescape")),
    }


def post(client: FlaskClient, body: bytes = BODY, headers: dict[str, str] | None = None, **words: Any) -> TestResponse:
    return client.post("/webhooks/shop", data=body, headers=signed(body) if headers is None else headers, **words)


def stored(world: World) -> list[IncomingWebhook]:
    return world.rows(select(IncomingWebhook).order_by(IncomingWebhook.received_at))


@pytest.mark.parametrize(
    ("came_from", "kept"),
    [("::ffff:203.0.113.7", "203.0.113.7"), ("fe80::1%eth0", "fe80::1"), ("", None)],
)
def test_the_address_is_kept_as_a_column_takes_it(
    client: FlaskClient, world: World, came_from: str, kept: str | None
) -> None:
    for headers in (signed(), {}):
        post(client, headers=headers, environ_base={"REMOTE_ADDR": came_from})
    assert [row.ip and str(row.ip) for row in stored(world)] == [kept, kept]


def test_a_signed_message_is_kept_as_it_came_with_its_job(client: FlaskClient, world: World) -> None:
    secret = {"Authorization": "Bearer hush", "Cookie": "a=hush", "X-Api-Key": "hush", "User-Agent": "Shop/1"}
    answer = post(client, headers={**signed(), **secret}, content_type="application/json")
    assert (answer.status_code, answer.json) == (202, {"detail": "Accepted."})
    assert "Set-Cookie" not in answer.headers
    (row,) = stored(world)
    assert (row.source, row.external_key, row.event_type, row.state) == ("shop", "msg_1", "order.made", "received")
    assert (row.signature_ok, row.payload, str(row.ip)) == (True, json.loads(BODY), "127.0.0.1")
    assert set(row.headers) == {"content-type", "user-agent", "webhook-id", "webhook-timestamp", "body-sha256"}
    assert "hush" not in str(row.headers)
    (job,) = world.rows(select(Job))
    assert (job.name, job.args, job.id) == ("core.process-webhook", {"webhook": str(row.id)}, row.job_id)
    assert job.request_id == answer.headers["X-Request-Id"]


def test_a_repeat_is_answered_and_does_nothing(client: FlaskClient, world: World) -> None:
    assert post(client).status_code == 202
    later = datetime.now(UTC) + timedelta(seconds=60)
    for _ in range(3):
        assert post(client, headers=signed(at=later)).status_code == 200
    assert (len(stored(world)), len(world.rows(select(Job)))) == (1, 1)
    world.work()
    assert post(client).status_code == 200
    assert world.jobs() == []


def test_fifty_at_once_are_one_row_and_one_job(app: Flask, client: FlaskClient, world: World) -> None:
    headers = signed()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: post(app.test_client(), headers=headers).status_code, range(50)))
    assert sorted(answers) == [200] * 49 + [202]
    assert (len(stored(world)), len(world.rows(select(Job)))) == (1, 1)


def test_who_is_not_believed_leaves_one_counted_row_without_a_body(client: FlaskClient, world: World) -> None:
    good = signed()
    wrong = [
        signed(secret=new_secret()),
        signed(b'{"type": "other"}'),
        {**good, "webhook-id": "msg_2"},
        signed(at=datetime.now(UTC) - timedelta(minutes=6)),
        signed(at=datetime.now(UTC) + timedelta(minutes=6)),
        {**good, "webhook-timestamp": str(int(good["webhook-timestamp"]) + 1)},
        {},
        {**good, "webhook-signature": ""},
        {**good, "webhook-signature": "v2," + good["webhook-signature"][3:]},
        {**good, "webhook-timestamp": "now"},
    ]
    answers = [post(client, headers=headers) for headers in wrong]
    assert {answer.status_code for answer in answers} == {401}
    (row,) = stored(world)
    assert (row.state, row.signature_ok, row.attempts) == ("refused", False, len(wrong))
    assert (row.payload, row.headers, row.external_key[:8]) == ({}, {}, "refused ")
    assert row.error == "The header webhook-timestamp is no time."
    assert world.rows(select(Job)) == []


def test_a_flood_writes_its_count_only_now_and_then() -> None:
    refusals, now = Refusals(), datetime(2026, 3, 5, tzinfo=UTC)
    assert [refusals.note("shop", now) for _ in range(1_000)] == [1] + [0] * 999
    assert refusals.note("other", now) == 1
    assert refusals.note("shop", now + timedelta(seconds=5)) == 1_000
    assert refusals.note("shop", now + timedelta(seconds=6)) == 0


def test_unknown_sources_and_other_verbs_are_not_served(client: FlaskClient, world: World) -> None:
    assert client.post("/webhooks/nobody", data=BODY, headers=signed()).status_code == 404
    assert client.post("/webhooks/%00", data=BODY, headers=signed()).status_code == 404
    for verb in ("get", "put", "delete", "patch"):
        assert getattr(client, verb)("/webhooks/shop").status_code == 405
    assert stored(world) == []


@pytest.mark.parametrize("state", ["missing", "empty", "no secret", "other key"])
def test_without_a_secret_nothing_is_believed_and_senders_try_again(
    client: FlaskClient, world: World, state: str
) -> None:
    with world.database.transaction() as session:
        session.execute(delete(Setting))
        cipher = world.machine.cipher
        place = "setting shop.webhook_secret"
        made = {"empty": cipher.seal(place, ""), "no secret": cipher.seal(place, "whsec_"), "other key": "gAAAA"}
        if state in made:
            session.add(Setting(section="shop", name="webhook_secret", secret=made[state].encode()))
    answer = post(client)
    assert (answer.status_code, answer.json) == (503, {"detail": "No signing secret is set for this address."})
    assert [row.state for row in stored(world)] == ["refused"]


def test_while_the_service_changes_its_secret_both_open(client: FlaskClient, world: World) -> None:
    other = new_secret()
    with world.database.transaction() as session:
        row = session.scalars(select(Setting).where(Setting.section == "shop")).one()
        row.secret = world.machine.cipher.seal("setting shop.webhook_secret", f"{SECRET} {other}").encode()
    assert post(client, headers=signed(secret=SECRET)).status_code == 202
    assert post(client, headers=signed(secret=other, message_id="msg_2")).status_code == 202
    assert post(client, headers=signed(secret=new_secret(), message_id="msg_3")).status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b'"a"', b"null", b"{", b"\xff\xfe", b"{" * 100_000, b'{"a": NaN}'])
def test_a_verified_body_that_is_no_object_is_refused_visibly(client: FlaskClient, world: World, body: bytes) -> None:
    headers = signed_raw(body)
    assert post(client, body, headers).status_code == 400
    (row,) = stored(world)
    assert (row.state, row.signature_ok, row.payload) == ("refused", True, {})
    assert row.error == "The body is no JSON object that can be kept."
    assert world.rows(select(Job)) == []


def signed_raw(body: bytes) -> dict[str, str]:
    """Return headers over bytes that are no text: the reference library takes text only."""
    return signed_headers([SECRET], "msg_1", datetime.now(UTC), body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "\\u0000"}', b'{"\\u0000": 1}', b'{"a": "\\ud800"}', b'{"a": 1e999}', b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    ],
)  # fmt: skip
def test_json_that_a_database_cannot_keep_is_refused(client: FlaskClient, world: World, body: bytes) -> None:
    assert storable(body) is None
    assert post(client, body, signed_raw(body)).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1}',
        b'{"a": 1.5, "type": 5}',
        '{"type": "\\u00e9✓"}'.encode(),
        b'{"type": null}',
        b'{"type": "' + b"a" * 900 + b'"}',
    ],
)
def test_other_objects_are_kept_whatever_their_type(client: FlaskClient, world: World, body: bytes) -> None:
    assert post(client, body, signed_raw(body)).status_code == 202
    assert [row.payload for row in stored(world)] == [json.loads(body)]


@pytest.mark.parametrize("message_id", ["a b", "a" * 201, "ü"])
def test_an_id_that_is_none_is_refused(client: FlaskClient, world: World, message_id: str) -> None:
    headers = signed_headers([SECRET], message_id, datetime.now(UTC), BODY)
    assert post(client, headers=headers).status_code in {400, 401}
    assert [row for row in stored(world) if row.signature_ok] == []


def test_a_body_over_the_limit_is_not_read(client: FlaskClient, world: World) -> None:
    large = b'{"a": "' + b"a" * receiving.LARGEST + b'"}'
    assert post(client, large).status_code == 413
    just = b'{"a": "' + b"a" * (receiving.LARGEST - 9) + b'"}'
    assert post(client, just).status_code == 202
    assert len(stored(world)) == 1


def test_a_service_with_a_protocol_of_its_own_brings_its_own_verifier(
    app: Flask, client: FlaskClient, world: World
) -> None:
    def check(message: Message, secrets: list[str], _now: datetime) -> None:
        if message.headers.get("x-token") not in secrets:
            raise SignatureRefused("Wrong token.")

    own = replace(
        SHOP,
        source="own",
        verify=check,
        event_key=lambda m: m.json()["number"],
        event_type=lambda m: m.json()["no"],
    )
    parts = app.extensions["admin_core"]
    object.__setattr__(parts, "webhooks", replace(HOOKS, incoming={**HOOKS.incoming, "own": own}))
    try:
        body = {"number": "n-1"}
        assert client.post("/webhooks/own", json=body, headers={"X-Token": SECRET}).status_code == 202
        assert client.post("/webhooks/own", json=body, headers={"X-Token": SECRET}).status_code == 200
        assert client.post("/webhooks/own", json=body, headers={"X-Token": "no"}).status_code == 401
        assert client.post("/webhooks/own", json={}, headers={"X-Token": SECRET}).status_code == 400
    finally:
        object.__setattr__(parts, "webhooks", HOOKS)
    (row, _refused) = stored(world)
    assert (row.external_key, row.event_type) == ("n-1", None)


def test_the_answer_costs_few_statements(app: Flask, client: FlaskClient, world: World) -> None:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not UNCOUNTED.match(statement):
            seen.append(statement)

    engine = app.extensions["admin_core"].database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        counts: list[int] = []
        asked: list[Callable[[], TestResponse]] = [
            lambda: post(client),
            lambda: post(client),
            lambda: post(client, headers={}),
        ]
        for ask in asked:
            seen.clear()
            ask()
            counts.append(len(seen))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert counts == [5, 3, 3]  # each with the question whether what is committed has its entry in the audit log

"""Out: from an event in a transaction to a program that verifies it; retries, ends, crashes."""

import os
import signal
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from admin_core.ciphers import Cipher
from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import Origin
from admin_core.jobs.perform import Runner
from admin_core.jobs.reconcile import reconcile
from admin_core.webhooks.emitting import body_of, emit
from admin_core.webhooks.keys import rotate
from admin_core.webhooks.registry import UnknownEventError
from admin_core.webhooks.schedule import RETRIES
from admin_core.webhooks.signing import new_secret
from schema.api import WebhookDelivery, WebhookEndpoint
from schema.jobs import Job, JobStep
from tests.admin_core.jobs.world import KILLED, fork, in_child, until
from tests.admin_core.webhooks.world import QUICK, Program, World


def test_an_event_reaches_the_endpoints_that_asked_for_it(world: World, shop: Program) -> None:
    asked = world.endpoint(shop.url)
    every = world.endpoint(shop.url, events=["*"])
    world.endpoint(shop.url, events=["ping"])
    world.endpoint(shop.url, enabled=False)
    made = world.emit(order="1", total=12.5, name="Ünï ✓")
    assert len(made) == 2
    world.work()
    assert shop.ids == ["evt_1", "evt_1"]
    assert shop.got[0] == shop.got[1]
    assert (shop.got[0]["type"], shop.got[0]["data"]) == ("order.made", {"order": "1", "total": 12.5, "name": "Ünï ✓"})
    assert datetime.fromisoformat(shop.got[0]["timestamp"]).tzinfo is not None
    rows = [world.delivery(delivery) for delivery in made]
    assert {row.endpoint_id for row in rows} == {asked, every}
    for row in rows:
        assert (row.state, row.attempts, row.response_code, row.response_text) == ("delivered", 1, 200, "said 200 OK")
        assert row.response_ms is not None
        assert (row.next_at, row.error) == (None, None)
    endpoint = world.endpoint_row(asked)
    assert endpoint.last_success_at is not None


def test_nothing_is_written_or_sent_when_the_transaction_rolls_back(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    with world.database.sessions() as session:
        assert len(emit(session, world.machine.webhooks, ("order.made", {}), key="evt_1")) == 1
        session.rollback()
    world.work()
    assert (shop.ids, world.rows(select(Job.id)), world.rows(select(WebhookDelivery.id))) == ([], [], [])


def test_under_one_key_an_endpoint_is_told_once(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    assert [len(world.emit("evt_1")), len(world.emit("evt_1")), len(world.emit("evt_2"))] == [1, 0, 1]
    world.work()
    assert sorted(shop.ids) == ["evt_1", "evt_2"]


def test_actions_and_pages_emit_through_their_effects(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    with world.database.transaction() as session:
        effects = JobEffects(session, world.machine, Origin(request_id="r1"))
        assert effects.webhook("order.made", {"order": "1"}, key="evt_1") == 1
        assert effects.webhook("order.made", {"order": "1"}, key="evt_1") == 0
    assert world.rows(select(Job.request_id)) == ["r1"]
    world.work()
    assert shop.ids == ["evt_1"]


@pytest.mark.parametrize("key", ["", "a.b", "a b", "é", "a" * 201])
def test_a_key_that_is_no_message_id_is_refused(world: World, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        world.emit(key)


def test_undeclared_and_oversized_events_are_refused(world: World) -> None:
    with pytest.raises(UnknownEventError, match="register_webhook_events"):
        world.emit(event_type="order.lost")
    with pytest.raises(ValueError, match="Send keys"):
        world.emit(text="a" * 70_000)


def test_tries_follow_the_schedule_with_one_id_and_fresh_times_until_one_succeeds(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    shop.answers = ["500 Broken", "302 Found", "429 Busy"]
    (made,) = world.emit()
    for number, pause in enumerate(RETRIES[:3], 1):
        before = datetime.now(UTC)
        world.work()
        row = world.delivery(made)
        assert (row.state, row.attempts, len(shop.ids)) == ("waiting", number, number)
        assert row.next_at is not None
        assert row.next_at >= before + pause
        assert (world.jobs(), len(world.jobs(due=False))) == ([], 1)  # no worker is held meanwhile
        world.let_time_pass()
    assert row.error == "It answered 429."
    world.work()
    row = world.delivery(made)
    assert (row.state, row.attempts, row.response_code, row.error) == ("delivered", 4, 200, None)
    assert shop.ids == ["evt_1"] * 4
    assert all(got == shop.got[0] for got in shop.got)
    assert world.endpoint_row(row.endpoint_id).failures == 0


def test_when_every_try_of_three_days_failed_the_endpoint_is_switched_off_and_says_why(world: World) -> None:
    endpoint = world.endpoint("http://127.0.0.1:1/")
    (made,) = world.emit()
    for _ in range(len(RETRIES) + 1):
        world.work()
        world.let_time_pass()
    row, found = world.delivery(made), world.endpoint_row(endpoint)
    assert (row.state, row.attempts, row.error) == ("abandoned", 10, "It refused the connection.")
    assert (found.enabled, found.failures) == (False, 10)
    assert found.disabled_reason == "10 tries of one message failed, and no other succeeded meanwhile."
    assert world.jobs(due=False) == []
    assert world.emit("evt_2") == []


def test_one_message_that_is_never_taken_does_not_end_an_endpoint_that_works(world: World, shop: Program) -> None:
    endpoint = world.endpoint(shop.url)
    (made,) = world.emit("evt_bad")
    shop.answers = ["500 Broken"] * 9
    for _ in range(9):
        world.work()
        world.let_time_pass()
    ((last,), _) = world.jobs(), world.emit("evt_good")
    good = next(job for job in world.jobs() if job != last)
    Runner(world.machine, "worker-1", QUICK).perform(good)
    shop.answers = ["500 Broken"]
    world.work()
    assert world.delivery(made).state == "abandoned"
    assert world.endpoint_row(endpoint).enabled


def test_410_ends_the_endpoint_at_once(world: World, shop: Program) -> None:
    endpoint = world.endpoint(shop.url)
    shop.answers = ["410 Gone"]
    (made,), (waiting,) = world.emit("evt_1"), world.emit("evt_2")
    world.work()
    found = world.endpoint_row(endpoint)
    assert (found.enabled, found.disabled_reason) == (
        False, "It answered 410 Gone: it asks not to be called any more.",
    )  # fmt: skip
    assert world.delivery(made).state == "failed"
    assert (world.delivery(waiting).state, world.delivery(waiting).error) == (
        "failed",
        "The endpoint was switched off.",
    )
    assert len(shop.ids) == 1


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:8443/", "http://10.0.0.1/", "https://10.0.0.1/", "http://localhost.:9/"]
)
def test_an_inner_address_is_a_failed_try_with_a_reason(world: World, url: str) -> None:
    world.endpoint(url)
    (made,) = world.emit()
    world.work()
    row = world.delivery(made)
    assert (row.state, row.response_code) == ("waiting", None)
    assert row.error


# --- Secrets


def test_a_rotated_secret_signs_beside_the_old_one_for_a_day(world: World, shop: Program) -> None:
    endpoint, new = world.endpoint(shop.url), new_secret()
    with world.database.transaction() as session:
        rotate(world.machine.cipher, session.get_one(WebhookEndpoint, endpoint), new, datetime.now(UTC))
    world.emit("evt_1")
    world.work()
    shop.secret = new  # the receiver changes its own when it suits it
    world.emit("evt_2")
    world.work()
    assert shop.ids == ["evt_1", "evt_2"]
    with world.database.transaction() as session:
        session.get_one(WebhookEndpoint, endpoint).old_secret_until = datetime.now(UTC) - timedelta(seconds=1)
    (made,) = world.emit("evt_3")
    world.work()
    assert world.delivery(made).state == "delivered"


def test_secrets_outlive_a_change_of_our_key_and_a_lost_key_is_said(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    (first,) = world.emit("evt_1")
    world.work(replace(world.machine, cipher=Cipher(["n" * 40, "k" * 40])))
    assert world.delivery(first).state == "delivered"
    (second,) = world.emit("evt_2")
    world.work(replace(world.machine, cipher=Cipher(["n" * 40])))
    row = world.delivery(second)
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.error == "Its signing secret can't be read with the present keys. Rotate the secret."
    assert shop.ids == ["evt_1"]


def test_neither_secrets_nor_answers_lie_in_jobs(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    shop.answers = ["500 nomsa@example.com"]
    (made,) = world.emit(name="Nomsa")
    world.work()
    assert world.delivery(made).response_text == "said 500 nomsa@example.com"
    kept = [str(row) for row in world.rows(select(JobStep.result))]
    kept += [f"{row.args} {row.error} {row.result} {row.title}" for row in world.rows(select(Job))]
    assert not any("omsa" in text or "whsec" in text or shop.secret in text for text in kept)


def test_answers_of_any_bytes_are_kept_short(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    shop.answers = ["500 \x00" + "é\x00" * 2_000]
    (made,) = world.emit()
    world.work()
    kept = world.delivery(made).response_text
    assert kept is not None
    assert (len(kept), kept[:9]) == (500, "said 500 ")


# --- Crashes


@pytest.mark.parametrize(
    "place", ["external.called", "result.before_commit", "intent.after_commit", "step.before_commit"]
)
def test_a_worker_killed_around_the_call_delivers_again_with_the_same_id(
    world: World, shop: Program, place: str
) -> None:
    world.endpoint(shop.url)
    (made,) = world.emit()
    (job,) = world.jobs()
    assert in_child(world, lambda: Runner(world.machine, "doomed", QUICK).perform(job), ADMIN_FAILPOINT=place) == KILLED
    assert world.delivery(made).state == "waiting"
    recover(world, job)
    world.work()
    assert world.delivery(made).state == "delivered"
    assert set(shop.ids) == {"evt_1"}
    called_before = place in {"external.called", "result.before_commit"}
    assert len(shop.ids) == (2 if called_before else 1)
    assert world.delivery(made).attempts == 1


def test_a_worker_killed_while_it_waits_for_the_answer_delivers_again(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    (made,) = world.emit()
    (job,) = world.jobs()
    arrived, go_on = threading.Event(), threading.Event()
    shop.before_answer = lambda: (arrived.set(), go_on.wait(10))
    pid = fork(world, lambda: Runner(world.machine, "doomed", QUICK).perform(job))
    assert arrived.wait(10)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    go_on.set()
    shop.before_answer = lambda: None
    recover(world, job)
    world.work()
    assert (world.delivery(made).state, shop.ids) == ("delivered", ["evt_1", "evt_1"])


def recover(world: World, job: UUID) -> None:
    """Let the lease of a dead worker run out."""
    until(lambda: reconcile(world.database, QUICK, world.machine.audit) or job in world.jobs())


def test_a_body_is_the_same_bytes_after_a_stay_in_the_database(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    (made,) = world.emit(b=1, a={"z": [1, 2.5, None], "é": True}, number=10**18)
    first = body_of(world.delivery(made).payload)
    assert first == body_of(world.delivery(made).payload)
    world.work()
    assert body_of(shop.got[0]) == first

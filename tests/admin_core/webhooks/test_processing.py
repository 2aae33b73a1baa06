"""The job behind a received message: its effect once, its failures said, a crash before and after every commit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from admin_core.contributions import ActionRefused
from admin_core.effects import JobEffects
from admin_core.jobs import control
from admin_core.jobs.enqueue import Origin, enqueue
from admin_core.jobs.perform import Runner
from admin_core.machine import Machine
from admin_core.plugin_manager import Plugins
from admin_core.plugin_switches import Switches
from admin_core.webhooks import actions
from admin_core.webhooks.receiving import PROCESS
from admin_core.webhooks.registry import Webhooks
from schema.api import IncomingState, IncomingWebhook, WebhookDelivery, WebhookEndpoint
from schema.jobs import Job
from schema.settings import Setting
from tests.admin_core.jobs.world import KILLED, in_child
from tests.admin_core.webhooks.test_delivering import recover
from tests.admin_core.webhooks.world import QUICK, Program, World


def received(world: World, do: str = "it", key: str = "msg_1") -> UUID:
    """Return the id of a message as the address keeps it."""
    with world.database.transaction() as session:
        payload = {"type": "order.made", "data": {"do": do}}
        row = IncomingWebhook(source="shop", external_key=key, signature_ok=True, payload=payload)
        session.add(row)
        session.flush()
        row.job_id = enqueue(session, PROCESS, {"webhook": row.id})
        return row.id


def row_of(world: World, webhook_id: UUID) -> IncomingWebhook:
    with world.database.sessions() as session:
        return session.get_one(IncomingWebhook, webhook_id)


def effects_of(world: World) -> list[str]:
    return world.rows(select(Setting.name).where(Setting.section == "effect"))


def exhaust(world: World) -> None:
    """Try until no try is left."""
    for _ in range(PROCESS.max_attempts):
        world.work()
        world.let_time_pass()


def act(world: World, action: Any, record_id: UUID, model: type[Any] = IncomingWebhook) -> str:
    """Run an action as a record's page does."""
    with world.database.transaction() as session:
        effects = JobEffects(session, world.machine, Origin())
        sentence: str = action(session, session.get_one(model, record_id, with_for_update=True), effects)
        return sentence


def test_a_message_has_its_effect_once(world: World) -> None:
    found = received(world)
    world.work()
    row = row_of(world, found)
    assert (row.state, row.attempts, row.error) == ("processed", 1, None)
    assert row.processed_at is not None
    assert effects_of(world) == ["msg_1"]


def test_what_a_plugin_does_not_act_on_is_ignored_with_the_reason(world: World) -> None:
    found = received(world, "ignore")
    world.work()
    assert (row_of(world, found).state, row_of(world, found).error) == ("ignored", "Nothing to do.")


@pytest.mark.parametrize(
    ("do", "tries", "reason"),
    [
        ("refuse", 1, "There is no such order."),
        ("later", 5, "The order is locked."),
        ("raise", 5, "LookupError at tests.admin_core.webhooks.world line"),
    ],
)
def test_failures_are_tried_again_and_end_with_a_reason(world: World, do: str, tries: int, reason: str) -> None:
    found = received(world, do)
    world.work()
    first = row_of(world, found)
    assert (first.state, first.attempts) == ("failed" if tries == 1 else "received", 1)
    exhaust(world)
    row = row_of(world, found)
    assert (row.state, row.attempts) == ("failed", tries)
    assert row.error is not None
    assert row.error.startswith(reason)
    assert "nomsa" not in row.error
    assert effects_of(world) == []  # what a failed try had written went with its transaction
    assert world.rows(select(Job.state)) == ["failed"]


def test_a_failed_message_is_processed_again(world: World) -> None:
    found = received(world, "later")
    exhaust(world)
    with world.database.transaction() as session:
        session.execute(update(IncomingWebhook).values(payload={"type": "order.made", "data": {"do": "it"}}))
    assert act(world, actions.process_again, found) == "It is being processed again."
    assert row_of(world, found).state == "received"
    world.work()
    assert (row_of(world, found).state, effects_of(world)) == ("processed", ["msg_1"])


def switched_off(machine: Machine) -> Machine:
    """Return the parts of a process that knows the plugin, and that the team has it off."""
    plugins = Plugins(Switches(lambda: frozenset({"shop"})))
    return replace(machine, plugins=plugins, webhooks=replace(machine.webhooks, owners={"shop": "shop"}))


def missing(machine: Machine) -> Machine:
    return replace(machine, webhooks=Webhooks())


@pytest.mark.parametrize("without", [missing, switched_off])
def test_a_message_of_a_plugin_that_is_off_waits_for_a_person(
    world: World, without: Callable[[Machine], Machine]
) -> None:
    found = received(world)
    world.work(without(world.machine))
    assert effects_of(world) == []
    row = row_of(world, found)
    assert row.state == "failed"
    assert row.error == "No plugin takes messages of shop: it may be switched off. Then process it again."
    act(world, actions.process_again, found)
    world.work()
    assert row_of(world, found).state == "processed"


def retry(world: World, webhook_id: UUID) -> None:
    """Press 'Retry job' on the job that the message names."""
    job = row_of(world, webhook_id).job_id
    with world.database.transaction() as session:
        assert job is not None
        assert control.retry(session, job)


def test_a_retried_job_processes_the_message_that_failed(world: World) -> None:
    found = received(world, "later")
    exhaust(world)
    with world.database.transaction() as session:
        session.execute(update(IncomingWebhook).values(payload={"type": "order.made", "data": {"do": "it"}}))
    retry(world, found)
    world.work()
    row = row_of(world, found)
    assert (row.state, row.error, row.attempts) == ("processed", None, PROCESS.max_attempts + 1)
    assert (effects_of(world), world.rows(select(Job.state))) == (["msg_1"], ["done"])


def test_a_message_waits_while_its_retried_job_is_tried_and_fails_with_the_last_try(world: World) -> None:
    found = received(world, "later")
    exhaust(world)
    retry(world, found)
    world.work()
    assert (row_of(world, found).state, world.rows(select(Job.state))) == ("received", ["waiting"])
    exhaust(world)
    assert (row_of(world, found).state, world.rows(select(Job.state))) == ("failed", ["failed"])


def test_a_retried_job_leaves_a_message_alone_that_has_another_one(world: World) -> None:
    found = received(world, "refuse")
    world.work()
    former = row_of(world, found).job_id
    assert former is not None
    act(world, actions.process_again, found)
    world.work()
    with world.database.transaction() as session:
        assert control.retry(session, former)
    world.work()
    assert (row_of(world, found).state, row_of(world, found).attempts) == ("failed", 1)
    assert set(world.rows(select(Job.state))) == {"done", "failed"}


def test_what_is_under_way_refused_or_done_is_not_processed_again(world: World) -> None:
    found = received(world)
    with pytest.raises(ActionRefused, match="waits for its next try"):
        act(world, actions.process_again, found)
    assert actions.cannot_process(row_of(world, found)) == ""
    world.work()
    assert actions.cannot_process(row_of(world, found)) == "It was processed."
    assert "nobody proved" in actions.cannot_process(IncomingWebhook(state=IncomingState.REFUSED))


@pytest.mark.parametrize(
    "place", ["claim.after_commit", "step.before_commit", "step.after_commit", "finish.before_commit"]
)
def test_a_killed_worker_leaves_the_effect_done_once(world: World, place: str) -> None:
    found = received(world)
    (job,) = world.jobs()
    assert in_child(world, lambda: Runner(world.machine, "doomed", QUICK).perform(job), ADMIN_FAILPOINT=place) == KILLED
    recover(world, job)
    world.work()
    assert (row_of(world, found).state, row_of(world, found).attempts) == ("processed", 1)
    assert effects_of(world) == ["msg_1"]


# --- Send again


def test_a_delivery_that_has_ended_is_sent_again_with_its_id(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    (made,) = world.emit()
    world.work()
    for _ in range(2):
        assert (
            act(world, actions.send_again, made, WebhookDelivery) == "It is being sent again, with the same message id."
        )
        world.work()
    assert shop.ids == ["evt_1"] * 3
    assert (world.delivery(made).state, world.delivery(made).attempts) == ("delivered", 1)


def test_the_next_try_of_a_waiting_delivery_is_brought_forward(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    shop.answers = ["500 Broken", "500 Broken"]
    (made,) = world.emit()
    world.work()
    assert world.jobs() == []
    assert act(world, actions.send_again, made, WebhookDelivery) == "Its next try begins now."
    world.work()
    assert (len(shop.ids), world.delivery(made).attempts) == (2, 2)


def test_nothing_is_sent_again_to_an_endpoint_that_is_off(world: World, shop: Program) -> None:
    endpoint = world.endpoint(shop.url)
    (made,) = world.emit()
    with world.database.transaction() as session:
        session.get_one(WebhookEndpoint, endpoint).enabled = False
    world.work()
    with pytest.raises(ActionRefused, match="switched off"):
        act(world, actions.send_again, made, WebhookDelivery)
    assert shop.ids == []


def test_a_delivery_whose_job_died_for_good_can_be_sent_again(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    (made,) = world.emit()
    with world.database.transaction() as session:
        session.execute(update(Job).values(state="quarantined", finished_at=datetime.now(UTC)))
    act(world, actions.send_again, made, WebhookDelivery)
    world.work()
    assert (world.delivery(made).state, shop.ids) == ("delivered", ["evt_1"])

"""A worker killed at any moment of an evaluation or a message: one incident, one message."""

from uuid import UUID

import pytest

from admin_core.jobs.failpoints import VARIABLE
from admin_core.jobs.perform import Runner
from admin_core.jobs.reconcile import reconcile
from tests.admin_core.alerts.world import QUICK, Chat, World
from tests.admin_core.jobs.world import KILLED, in_child, until
from tests.admin_core.mail.post_office import PostOffice


def kill(world: World, job: UUID, place: str) -> None:
    """Let a worker die at this place, and its lease run out."""
    doomed = Runner(world.machine, "doomed", QUICK)
    assert in_child(world, lambda: doomed.perform(job), **{VARIABLE: place}) == KILLED
    until(lambda: reconcile(world.database, QUICK, world.machine.audit) or job in world.waiting(due=False))
    world.let_time_pass()


@pytest.mark.parametrize(
    "place", ["alert.decided", "alert.written", "chunk.before_commit", "chunk.after_commit", "step.after_commit"]
)
def test_an_evaluation_that_dies_tells_once(world: World, chat: Chat, place: str) -> None:
    world.channel("slack", chat.url)
    world.watch()
    world.values["core.kettle"] = 9
    kill(world, world.ask(), place)
    world.work()
    world.perform(world.ask())
    world.work()
    assert [incident.state for incident in world.incidents()] == ["firing"]
    assert world.said() == [("firing", "sent")]
    assert len(chat.bodies) == 1


@pytest.mark.parametrize(
    ("place", "calls"),
    [
        ("transaction.after_commit", 1),
        ("intent.after_commit", 1),
        ("external.called", 2),
        ("result.before_commit", 2),
        ("result.after_commit", 1),
        ("step.before_commit", 1),
        ("step.after_commit", 1),
    ],
)
def test_a_message_whose_worker_dies_is_one_message(world: World, chat: Chat, place: str, calls: int) -> None:
    world.channel("webhook", chat.url)
    world.watch()
    world.values["core.kettle"] = 9
    world.look()
    (job,) = world.waiting()
    kill(world, job, place)
    world.work()
    (message,) = world.messages()
    assert (message.state, message.attempts) == ("sent", 1)
    assert {head["webhook-id"] for head in chat.heads} == {f"alert:{message.id}"}
    assert len(chat.heads) == calls


@pytest.mark.parametrize("place", ["step.before_commit", "step.after_commit"])
def test_a_mail_whose_worker_dies_leaves_once(world: World, office: PostOffice, place: str) -> None:
    world.channel("email", "", "ops@example.com")
    world.watch()
    world.values["core.kettle"] = 9
    world.look()
    (job,) = world.waiting()
    kill(world, job, place)
    world.work()
    world.perform(world.ask())
    assert world.said() == [("firing", "sent")]
    assert len(office.received) == 1

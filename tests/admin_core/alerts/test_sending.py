"""From an incident to a chat, a program and a real mail server: what is said, tried again, recorded, kept secret."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from standardwebhooks.webhooks import Webhook

from admin_core.alerts.sending import LOST_KEY, OFF, RETRIES, pause_after
from admin_core.alerts.targets import Target, hint
from admin_core.alerts.words import Message, slack_body
from admin_core.ciphers import Cipher
from admin_core.webhooks.schedule import Tried
from schema.alerts import AlertChannel, ChannelKind, NotificationKind
from schema.jobs import Job, JobStep
from tests.admin_core.alerts.world import SECRET, START, Chat, World
from tests.admin_core.mail.post_office import PostOffice

MINUTE = timedelta(minutes=1)


def fire(world: World, **words: Any) -> str:
    """Let an alert fire and return where its incident stands."""
    world.watch(**words)
    world.values["core.kettle"] = 9
    world.look()
    return f"https://admin.example.com/admin/alerts/incident/{world.incidents()[-1].id}"


def end(world: World) -> None:
    world.values["core.kettle"] = 0
    world.look(START + 5 * MINUTE)


def channel(world: World) -> AlertChannel:
    with world.database.sessions() as session:
        return session.scalars(select(AlertChannel)).one()


def test_a_chat_is_told_of_beginning_and_end(world: World, chat: Chat) -> None:
    world.channel("slack", chat.url)
    url = fire(world, title="Kettle <empty> & cold", runbook="https://wiki.example.com/kettle", severity="critical")
    end(world)
    world.work()
    fired, over = (json.loads(body) for body in chat.bodies)
    assert chat.heads[0]["content-type"] == "application/json"
    assert set(fired) == {"text", "blocks"}
    assert fired["text"] == "Firing: Kettle &lt;empty&gt; &amp; cold"
    assert [block["type"] for block in fired["blocks"]] == ["section"] * 3
    texts = [block["text"]["text"] for block in fired["blocks"]]
    assert texts == [
        ":rotating_light: *Firing: Kettle &lt;empty&gt; &amp; cold* (critical)",
        "It is 9.",
        f"<{url}|Open the alert> · <https://wiki.example.com/kettle|What to do>",
    ]
    assert over["text"].startswith("Over: ")
    assert url in over["blocks"][-1]["text"]["text"]
    assert world.said() == [("firing", "sent"), ("resolved", "sent")]
    assert channel(world).last_sent_at is not None


def test_a_program_is_told_by_a_signed_message(world: World, chat: Chat) -> None:
    world.channel("webhook", chat.url)
    url = fire(world)
    world.work()
    payload = Webhook(SECRET).verify(chat.bodies[0], chat.heads[0])
    (message,) = world.messages()
    assert chat.heads[0]["webhook-id"] == f"alert:{message.id}"
    assert payload["type"] == "alert.firing"
    assert payload["data"] == {
        "incident": f"alert-{message.incident_id}", "rule": "core.kettle", "title": "The kettle is empty",
        "severity": "warning", "summary": "It is 9.", "url": url, "runbook": "",
    }  # fmt: skip


def test_mail_keeps_beginning_and_end_in_one_thread(world: World, office: PostOffice) -> None:
    world.channel("email", "", "ops@example.com", "nomsa@example.com")
    url = fire(world)
    world.work()
    assert world.said() == [("firing", "queued")]  # the mail knows more, and says it with the next evaluation
    world.perform(world.ask())
    assert world.said() == [("firing", "sent")]
    end(world)
    world.work()
    world.perform(world.ask())
    assert world.said() == [("firing", "sent"), ("resolved", "sent")]
    assert sorted(mail["To"] for mail in office.received) == sorted(["ops@example.com", "nomsa@example.com"] * 2)
    assert {mail["Subject"] for mail in office.received} == {
        "Alert: The kettle is empty",
        "Re: Alert: The kettle is empty",
    }
    (thread,) = {mail["References"] for mail in office.received}
    assert thread == f"<alert-{world.incidents()[0].id}@hireinbox.example>"
    assert len({mail["Message-ID"] for mail in office.received}) == 4
    body = office.received[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().split("\r\n\r\n")[:2] == ["Firing: The kettle is empty (warning).", "It is 9."]
    assert url in body.get_content()


def test_mail_that_never_leaves_is_a_failed_message(world: World, office: PostOffice) -> None:
    office.rcpt = ["550 No such person"]
    world.channel("email", "", "gone@example.com")
    fire(world)
    world.work()
    world.perform(world.ask())
    ((kind, state),) = world.said()
    assert (kind, state) == ("firing", "failed")
    assert "550" in (channel(world).last_error or "")


def test_tries_follow_the_schedule_and_say_why_they_failed(world: World, chat: Chat) -> None:
    world.channel("slack", chat.url)
    chat.answers = ["500 Broken", "302 Found", "429 Busy|Retry-After: 900"]
    fire(world)
    for number, error in enumerate(["It answered 500.", "It answered 302.", "It answered 429."], 1):
        world.work()
        (message,) = world.messages()
        assert (message.state, message.attempts, message.error) == ("queued", number, error)
        assert (world.waiting(), len(world.waiting(due=False))) == ([], 1)  # no worker is held meanwhile
        world.let_time_pass()
    world.work()
    (message,) = world.messages()
    assert (message.state, message.attempts, message.error) == ("sent", 4, None)
    assert channel(world).last_error is None
    assert len(set(chat.bodies)) == 1


def test_after_the_last_try_nobody_tries_any_more(world: World) -> None:
    world.channel("slack", "http://127.0.0.1:1/x")
    fire(world)
    for _ in range(len(RETRIES) + 2):
        world.work()
        world.let_time_pass()
    (message,) = world.messages()
    assert (message.state, message.attempts) == ("failed", len(RETRIES) + 1)
    assert message.error == "It refused the connection."
    assert channel(world).last_error == message.error


@pytest.mark.parametrize(
    ("code", "tries", "after_s", "wanted"),
    [
        (500, 1, None, 10),
        (None, 3, None, 300),
        (429, 1, 120, 120),
        (429, 1, 10**6, 3600),
        (500, 1, 120, 10),
        (500, 6, None, None),
        (404, 1, None, None),
        (410, 1, None, None),
    ],
)
def test_how_long_the_next_try_waits(code: int | None, tries: int, after_s: int | None, wanted: int | None) -> None:
    pause = pause_after(Tried(code, retry_after_s=after_s), tries, 0)
    assert pause == (None if wanted is None else timedelta(seconds=wanted))


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1/x", "http://169.254.169.254/x", "https://[::1]/x", "ftp://example.com"]
)
def test_inner_addresses_are_not_called(world: World, url: str) -> None:
    world.channel("slack", url)
    fire(world)
    world.work()
    (message,) = world.messages()
    assert (message.state, message.attempts) == ("queued", 1)
    assert message.error


def test_a_channel_that_is_off_or_unreadable_says_so(world: World, chat: Chat) -> None:
    made = world.channel("slack", chat.url)
    fire(world)
    (job,) = world.waiting()
    with world.database.transaction() as session:
        session.execute(update(AlertChannel).where(AlertChannel.id == made).values(enabled=False))
    world.perform(job)
    assert (world.messages()[0].state, world.messages()[0].error) == ("failed", OFF)
    with world.database.transaction() as session:
        session.execute(update(AlertChannel).values(enabled=True))
    end(world)
    world.machine = replace(world.machine, cipher=Cipher(["n" * 40]))
    world.work()
    world.machine = replace(world.machine, cipher=Cipher(["k" * 40]))
    assert world.messages()[-1].error == LOST_KEY
    assert chat.bodies == []


def test_where_it_goes_lies_in_no_job_and_in_no_message(world: World, chat: Chat) -> None:
    world.channel("slack", chat.url)
    world.channel("webhook", chat.url)
    chat.answers = ["500 secretpath"] * 2
    fire(world)
    world.work()
    with world.database.sessions() as session:
        kept = [str(row) for row in session.execute(select(Job.args, Job.error, Job.result, Job.title))]
        kept += [str(row) for row in session.execute(select(JobStep.result, JobStep.intent))]
        kept += [f"{m.payload} {m.error}" for m in world.messages()]
        kept += [f"{c.target_hint} {c.last_error} {c.target!r}" for c in session.scalars(select(AlertChannel))]
    assert not any("secretpath" in text or SECRET in text for text in kept)


@pytest.mark.parametrize(
    ("kind", "target", "shown"),
    [
        (ChannelKind.EMAIL, Target(("nomsa@example.com", "ada@example.org")), "n…@example.com, a…@example.org"),
        (ChannelKind.SLACK, Target(url="https://hooks.slack.com/services/T0/B0/x"), "hooks.slack.com"),
    ],
)
def test_a_hint_is_enough_to_recognise_it(kind: ChannelKind, target: Target, shown: str) -> None:
    assert hint(kind, target) == shown
    assert "secret" not in repr(Target(url="https://a.example/secret", secret="secret"))


def test_long_words_fit_a_chat() -> None:
    message = Message(
        id="1", kind=NotificationKind.FIRING, thread="t", rule="r", title="<" * 200, severity="info",
        summary="&" * 5_000, url="https://a.example",
    )  # fmt: skip
    assert all(len(block["text"]["text"]) <= 3_000 for block in slack_body(message)["blocks"])

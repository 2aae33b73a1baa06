"""Rules over a real database: one incident, whoever evaluates how often; a rule that fails costs itself."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from admin_core.alerts import watching
from admin_core.alerts.declaring import declare, tuned
from admin_core.alerts.registry import AlertRegistry
from admin_core.contributions import Reading
from schema.alerts import AlertIncident, AlertRule, AlertSilence
from schema.changes import ChangeRow
from schema.content import FaqEntry
from schema.staff import StaffMember
from schema.views import SavedView
from tests.admin_core.alerts.world import START, World

MINUTE = timedelta(minutes=1)


def looks(world: World, values: list[Any], name: str = "core.kettle") -> list[tuple[str, ...]]:
    """Evaluate once a minute with these values; return what was done."""
    done = []
    for minute, value in enumerate(values):
        world.values[name] = value
        done.append(world.look(START + minute * MINUTE, name).effects)
    return done


def test_one_incident_from_the_first_minute_to_the_last(world: World) -> None:
    world.watch(for_s=60, keep_firing_s=60)
    assert looks(world, [9, 9, 12, 0, 0]) == [(), ("fire",), (), ("recover",), ("resolve",)]
    (incident,) = world.incidents()
    assert (incident.title, incident.severity, incident.state) == ("The kettle is empty", "warning", "resolved")
    assert (incident.opened_at, incident.fired_at) == (START, START + MINUTE)
    assert incident.resolved_at == START + 4 * MINUTE
    assert (incident.value, incident.message) == (Decimal(12), "It is 0.")
    rule = world.rule()
    assert (rule.state, rule.last_value, rule.evaluated_at) == ("ok", Decimal(0), START + 4 * MINUTE)
    assert rule.memory is not None
    assert rule.memory["values"] == [9, 9, 12, 0, 0]


@pytest.mark.parametrize(
    ("value", "state", "error"),
    [
        (None, "no_data", None),
        (Reading(value=3, n=2), "no_data", None),
        (Reading(value=3, n=20), "ok", None),
        (LookupError("nomsa@example.com"), "error", watching.FAILED),
        (SystemExit(1), "error", watching.FAILED),
        (lambda *_: None, "error", "What watches it did not return a reading."),
        (lambda *_: Reading(value=float("nan")), "error", "What watches it returned a value that is no number."),
        (lambda *_: Reading(value=10.0**300), "error", "What watches it returned a value that is no number."),
        (lambda *_: Reading(value="5"), "ok", None),
        (lambda session, _now: session.scalar(text("SELECT no_such()")), "error", watching.FAILED),
        (lambda session, _now: session.scalar(text("SELECT pg_sleep(9)")), "error", watching.TOO_SLOW),
    ],
)
def test_what_is_not_known_is_neither_well_nor_ill(
    world: World, monkeypatch: pytest.MonkeyPatch, value: Any, state: str, error: str | None
) -> None:
    monkeypatch.setattr(watching, "READ_MS", 200)
    world.watch(minimum_count=10)
    looks(world, [Reading(value=9, n=50), value])
    rule, (incident,) = world.rule(), world.incidents()
    assert (rule.state, rule.error) == (state, error)
    assert incident.state == ("resolved" if state == "ok" else "firing")


def test_what_a_watch_writes_is_taken_back(world: World) -> None:
    def writes(session: Session, _now: datetime) -> Reading:
        session.execute(update(AlertRule).values(title="Mine"))
        return Reading(value=1, summary="a\x00b\n" + "c" * 900, url="https://elsewhere.example")

    world.watch()
    looks(world, [writes])
    rule = world.rule()
    assert (rule.title, rule.state) == ("The kettle is empty", "ok")
    assert rule.memory is not None
    assert len(rule.memory["summary"]) == 500
    assert "url" not in rule.memory


def test_a_rule_that_fails_costs_itself_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "READ_MS", 200)
    world.watch("core.a-raises")
    world.watch("core.b-sleeps")
    world.watch("core.c-fires")
    world.values |= {
        "core.a-raises": ValueError("x"),
        "core.b-sleeps": lambda session, _now: session.scalar(text("SELECT pg_sleep(9)")),
        "core.c-fires": 9,
    }
    job = world.perform(world.ask())
    assert (job.state, job.result) == ("done", {"summary": "3 rules."})
    assert [world.rule(f"core.{name}").state for name in ("a-raises", "b-sleeps", "c-fires")] == [
        "error", "error", "firing",
    ]  # fmt: skip


def test_evaluations_at_one_time_make_one_incident_and_one_message(world: World) -> None:
    world.channel("slack", "https://chat.example.com/x")
    for name in ("core.a", "core.b", "core.c"):
        world.watch(name)
        world.values[name] = 9
    jobs = [world.ask("core.expire-view-states") for _ in range(4)]
    with world.database.transaction() as session:  # unique jobs would be one: these four run the same function at once
        session.execute(text("UPDATE admin.jobs SET name = 'core.evaluate-alerts'"))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(world.perform, jobs))
    for job in jobs:
        world.perform(job)
    world.perform(world.ask())
    assert [incident.state for incident in world.incidents()] == ["firing"] * 3
    assert world.said() == [("firing", "queued")] * 3


def test_evaluations_leave_no_trace_in_the_history_of_rules(world: World) -> None:
    world.watch()
    with world.database.sessions() as session:
        before = session.scalar(select(func.count()).select_from(ChangeRow))
        updated = session.scalar(select(AlertRule.updated_at))
    looks(world, [9, None, 0, 9])
    with world.database.sessions() as session:
        assert session.scalar(select(func.count()).select_from(ChangeRow)) == before
        assert session.scalar(select(AlertRule.updated_at)) == updated
    world.set_rule(threshold=7)
    with world.database.sessions() as session:
        newest = session.scalars(select(ChangeRow).order_by(ChangeRow.id.desc()).limit(1)).one()
        assert (newest.after or {}).keys() == {"threshold"}


# --- People


def test_a_disabled_rule_is_left_alone(world: World) -> None:
    world.watch()
    world.set_rule(enabled=False)
    world.values["core.kettle"] = 9
    world.perform(world.ask())
    assert (world.rule().state, world.incidents()) == ("unknown", [])


def test_closed_by_hand_it_comes_back_only_after_it_was_over(world: World) -> None:
    world.watch()
    looks(world, [9])
    with world.database.transaction() as session:
        session.execute(update(AlertIncident).values(state="resolved", resolved_at=func.now()))
    assert looks(world, [9, 9]) == [(), ()]
    assert world.rule().state == "settled"
    assert looks(world, [0, 9])[1] == ("fire",)
    assert len(world.incidents()) == 2


def test_silence_is_recorded_and_broken_when_it_ends(world: World) -> None:
    world.channel("slack", "https://chat.example.com/x")
    world.watch()
    words = {"reason": "We move.", "starts_at": START, "ends_at": START + 2 * MINUTE}
    world.add(AlertSilence(rule_id=world.rule().id, **words))
    looks(world, [9, 9])
    assert world.said() == [("firing", "silenced")]
    looks(world, [9, 9, 9])
    assert world.said() == [("firing", "silenced"), ("repeated", "queued")]


def test_an_end_is_told_to_who_heard_of_the_beginning(world: World) -> None:
    heard = world.channel("slack", "https://chat.example.com/x")
    world.watch()
    looks(world, [9])
    world.channel("slack", "https://other.example.com/x")
    looks(world, [9, 0])
    assert [(m.kind, m.channel_id) for m in world.messages()] == [("firing", heard), ("resolved", heard)]


@pytest.mark.parametrize(
    ("severity", "minimum", "own", "enabled", "told"),
    [
        ("warning", "warning", False, True, True),
        ("info", "warning", False, True, False),
        ("critical", "warning", False, True, True),
        ("warning", "info", True, True, True),
        ("warning", "info", False, False, False),
    ],
)
def test_who_is_told(world: World, severity: str, minimum: str, own: bool, enabled: bool, told: bool) -> None:
    channel = world.channel("slack", "https://chat.example.com/x", minimum_severity=minimum, enabled=enabled)
    other = world.channel("slack", "https://other.example.com/x", is_default=False, minimum_severity="info")
    world.watch(severity=severity, escalate_after_s=120)
    if own:
        world.route(other)
    looks(world, [9, 9])
    assert [m.channel_id for m in world.messages()] == ([other] if own else [channel] if told else [])
    looks(world, [9, 9, 9])
    escalated = {m.channel_id for m in world.messages() if m.kind == "escalated"}
    assert escalated == ({channel, other} if enabled else {other})


# --- What is declared


def test_the_team_tunes_numbers_and_the_declaration_moves_the_rest(world: World) -> None:
    world.watch(for_s=60)
    world.set_rule(threshold=50)
    assert tuned(world.rule()) == {"threshold"}
    world.watch(title="The kettle is dry", threshold=8, for_s=30)
    rule = world.rule()
    assert (rule.title, rule.threshold, rule.for_s, rule.declared) == ("The kettle is dry", 50, 30, True)
    assert tuned(rule) == {"threshold"}
    with world.database.transaction() as session:
        assert declare(session, world.machine.alerts) == 0


def test_what_nobody_declares_any_more_is_an_error_and_ends_nothing(world: World) -> None:
    world.watch()
    looks(world, [9])
    known, world.machine = world.machine, replace(world.machine, alerts=AlertRegistry())
    assert world.look(START + MINUTE).effects == ()
    assert (world.rule().state, world.rule().error) == ("error", watching.GONE)
    world.machine = known
    assert world.look(START + 2 * MINUTE).judged.finding == "holds"
    assert [incident.state for incident in world.incidents()] == ["firing"]


# --- Saved views


def view_rule(world: World, threshold: int, *permissions: str, **state: Any) -> None:
    owner = world.owner(*permissions)
    view = SavedView(owner_id=owner, model_key="faq_entries", name="Drafts", shared=False, state=state)
    view_id = world.add(view)
    world.add(
        AlertRule(
            name="team.drafts", title="Many drafts", declared=False, owner_id=owner, view_id=view_id,
            comparison="above", threshold=threshold, keep_firing_s=0,
        )
    )  # fmt: skip


@pytest.fixture
def drafts(world: World) -> World:
    with world.database.transaction() as session:
        session.execute(delete(FaqEntry))
        for number in range(4):
            words = {"question": f"{number}?", "answer": "So.", "category": "general" if number else "billing"}
            session.add(FaqEntry(**words))
    return world


@pytest.mark.parametrize(
    ("threshold", "args", "finding", "value"),
    [
        (3, [], "holds", 4),
        (4, [], "clear", 4),
        (2, [["f.category.eq", "general"]], "holds", 3),
        (3, [["f.category.eq", "general"]], "clear", 3),
    ],
)
def test_a_saved_view_is_counted_as_its_list_counts(
    drafts: World, threshold: int, args: list[Any], finding: str, value: int
) -> None:
    view_rule(drafts, threshold, "*:read", "data:*:read", args=args)
    judged = drafts.look(name="team.drafts").judged
    assert (judged.finding, judged.value, judged.error) == (finding, value, "")
    assert "in the view “Drafts”" in judged.summary
    assert judged.url.startswith("/admin/data/faq_entries/?view=")


def test_a_rule_whose_owner_may_not_any_more_says_so(drafts: World) -> None:
    view_rule(drafts, 1, "data:faq_entries:read")
    assert drafts.look(name="team.drafts").effects == ("fire",)
    owner = drafts.rule("team.drafts").owner_id
    with drafts.database.transaction() as session:
        session.execute(text("UPDATE admin.roles SET permissions = '{}'"))
    assert drafts.look(START + MINUTE, "team.drafts").judged.error == "Its owner may not see FAQ any more."
    with drafts.database.transaction() as session:
        session.execute(update(StaffMember).where(StaffMember.id == owner).values(active=False))
    assert drafts.look(START + MINUTE, "team.drafts").judged.error == watching.NO_OWNER
    with drafts.database.transaction() as session:
        session.execute(delete(SavedView))
    assert drafts.look(START + MINUTE, "team.drafts").judged.error == watching.NO_VIEW
    assert drafts.rule("team.drafts").state == "error"
    assert [incident.state for incident in drafts.incidents()] == ["firing"]


def test_a_private_view_of_somebody_else_is_not_counted(drafts: World) -> None:
    view_rule(drafts, 1, "data:faq_entries:read")
    other = drafts.owner("data:faq_entries:read")
    drafts.set_rule("team.drafts", owner_id=other)
    assert drafts.look(name="team.drafts").judged.error == watching.NOT_YOURS


@pytest.mark.parametrize("args", [[["f.nothing.eq", "1"]], [["f.category.eq", "nomsa@example.com"]], [["sort", "?"]]])
def test_a_view_that_cannot_be_used_says_so_without_its_values(drafts: World, args: list[Any]) -> None:
    view_rule(drafts, 1, "*", args=args)
    judged = drafts.look(name="team.drafts").judged
    assert judged.error in {"", watching.UNUSABLE}
    assert "nomsa" not in judged.error

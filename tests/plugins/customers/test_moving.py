"""A duplicate that has too many rows to move at once: moved by a job some thousands at a time, and moved back."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.policy import Person as Somebody
from plugins.customers.actions.moving import move_some
from plugins.customers.actions.unmerging import unmerge
from plugins.customers.rules import merging as rules
from schema.accounts import CustomerMerge, CustomerMergeRow
from schema.customers import Customer, Person
from schema.jobs import Job, JobState
from schema.usage import UsageEvent
from tests.plugins.customers.merging import NOW, asking, do
from tests.schema.core_rows import CoreMaker

EVENTS = """
INSERT INTO admin.usage_events (id, event_key, name, customer_id, occurred_at)
  SELECT gen_random_uuid(), 'merge-' || n, 'signed_in', :customer, now() FROM generate_series(1, :rows) n;
"""


def test_what_is_too_much_for_at_once_is_moved_by_a_job_and_back(
    session: Session, rows: CoreMaker, ada: Somebody, pair: tuple[Customer, Customer]
) -> None:
    kept, merged = pair
    contact = rows.add(Person, customer=merged, email="finn@acme.example")
    session.execute(sa.text(EVENTS), {"customer": merged.id, "rows": rules.MOST_ROWS})
    assert "A job moves 10\N{NO-BREAK SPACE}000 more" in do(session, kept, merged, ada)
    session.expire_all()
    assert contact.customer_id == kept.id  # whoever decides something is there at once
    note = session.scalars(sa.select(CustomerMerge)).one()
    assert (note.finished_at, note.rows_to_move, events_of(session, kept)) == (None, rules.MOST_ROWS, 0)
    job = session.get_one(Job, note.job_id)
    assert (job.name, job.args) == ("customers.move-merged-rows", {"merge": str(note.id)})

    assert move_some(session, note.id, NOW).moved == events_of(session, kept) == 2_000
    third = rows.add(Customer, email="nomsa@acme.example")
    for one, other in ((kept, third), (third, kept)):
        with pytest.raises(ActionRefused, match="still moving"):
            do(session, one, other, ada)
    with pytest.raises(ActionRefused, match="still moving"):
        unmerge(session, merged, asking(session), NOW)
    through(session, note)
    assert (events_of(session, kept), events_of(session, merged)) == (rules.MOST_ROWS, 0)

    assert "a job moves 10\N{NO-BREAK SPACE}000 more" in unmerge(session, merged, asking(session), NOW)
    assert (contact.customer_id, note.finished_at, note.undone_at) == (merged.id, None, NOW)
    through(session, note)
    assert (events_of(session, kept), events_of(session, merged)) == (0, rules.MOST_ROWS)
    assert session.scalar(sa.select(sa.func.count()).select_from(CustomerMergeRow)) == 0


def events_of(session: Session, customer: Customer) -> int:
    return session.scalar(sa.select(sa.func.count()).where(UsageEvent.customer_id == customer.id)) or 0


def through(session: Session, note: CustomerMerge) -> None:
    """Do what the job does, and once more: then there is nothing left to do."""
    while not move_some(session, note.id, NOW).is_over:
        pass
    found = move_some(session, note.id, NOW)
    assert (found.is_over, found.moved) == (True, rules.MOST_ROWS)


def test_a_merge_is_taken_back_while_its_job_writes_its_end(
    session: Session, ada: Somebody, pair: tuple[Customer, Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, merged = pair
    monkeypatch.setattr(rules, "MOST_ROWS", 0)
    session.execute(sa.text(EVENTS), {"customer": merged.id, "rows": 1})
    do(session, kept, merged, ada)
    note = session.scalars(sa.select(CustomerMerge)).one()
    while not move_some(session, note.id, NOW).is_over:
        pass
    forth = session.get_one(Job, note.job_id)
    forth.state, forth.lease_until = JobState.RUNNING, NOW
    unmerge(session, merged, asking(session), NOW)
    back = session.get_one(Job, note.job_id)
    assert (back.state, back.args) == (JobState.WAITING, {"merge": str(note.id), "back": True})


@pytest.mark.parametrize(("state", "is_begun"), [("failed", True), ("quarantined", False), ("cancelled", False)])
def test_a_merge_whose_job_stopped_can_be_taken_back(
    session: Session,
    rows: CoreMaker,
    ada: Somebody,
    pair: tuple[Customer, Customer],
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    is_begun: bool,
) -> None:
    kept, merged = pair
    third = rows.add(Customer, email="nomsa@acme.example")
    monkeypatch.setattr(rules, "MOST_ROWS", 0)
    session.execute(sa.text(EVENTS), {"customer": merged.id, "rows": 1})
    do(session, kept, merged, ada)
    note = session.scalars(sa.select(CustomerMerge)).one()
    if is_begun:
        move_some(session, note.id, NOW)
    session.execute(sa.update(Job).where(Job.id == note.job_id).values(state=state, finished_at=NOW))
    with pytest.raises(ActionRefused, match="Retry it under System, Jobs and schedule, or take that merge back"):
        do(session, kept, third, ada)
    unmerge(session, merged, asking(session), NOW)
    if is_begun:
        session.execute(sa.update(Job).where(Job.id == note.job_id).values(state=state, finished_at=NOW))
        with pytest.raises(ActionRefused, match=r"not all moved back, .* Retry it under System, Jobs and schedule\.$"):
            do(session, kept, third, ada)
        while not move_some(session, note.id, NOW).is_over:
            pass
    assert (events_of(session, kept), events_of(session, merged)) == (0, 1)
    do(session, kept, third, ada)
    do(session, kept, merged, ada)

"""What finance does by the clock: subscriptions renew, end and resume; subscribers move to new prices."""

import logging
import uuid

from sqlalchemy.orm import Session

from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import Origin
from admin_core.jobs.errors import JobFailed
from admin_core.jobs.run import Chunk, JobRun, Json
from admin_core.traces import trace_of
from plugins.finance.actions import migrating, settling
from plugins.finance.actions.making import Making
from plugins.finance.queries import subscriptions as queries
from schema.catalog import MigrationState, PriceMigration
from schema.jobs import OutcomeKind
from schema.subscriptions import Subscription

log = logging.getLogger(__name__)
CHUNK = 100


def settle_subscriptions(run: JobRun) -> str:
    """Everything that fell due has happened to the subscriptions that nobody else held."""
    with run.transaction() as session:
        if not queries.house_rules(session).settles:
            return "Nothing: the customer app renews and ends subscriptions."
    done = run.chunks(lambda session, at: settle_some(run, session, at))
    closed = run.step("migrations", lambda session: {"closed": settling.close_migrations(session)})
    return f"Subscriptions settled: {done}. Price migrations done: {closed['closed']}."


def settle_some(run: JobRun, session: Session, at: Json) -> Chunk:
    """Settle the next subscriptions, each by itself: one that fails is reported and stops no other."""
    after = uuid.UUID(at["after"]) if "after" in at else None
    now, before = queries.present(session), int(at.get("seen", 0))
    found = queries.due_subscriptions(session, now, after, CHUNK)
    effects = JobEffects(session, run.machine, Origin(parent_id=run.id))
    settled = sum(settle_one(run, effects, each, before + place) for place, each in enumerate(found))
    seen, done = before + len(found), int(at.get("done", 0)) + settled
    last = {"after": str(found[-1].id), "seen": seen, "done": done} if found else at
    return Chunk(at=last, done=done, is_last=len(found) < CHUNK)


def settle_one(run: JobRun, effects: JobEffects, subscription: Subscription, position: int) -> bool:
    """Settle one subscription; return whether that succeeded."""
    session, key = effects.session, str(subscription.id)
    try:
        with session.begin_nested():
            settling.settle(session, effects, subscription, queries.present(session))
    except Exception as error:  # noqa: BLE001 (whatever is wrong with one must not hold up the others)
        log.error("subscription %s could not be settled\n%s", key, trace_of(error))  # noqa: TRY400 (no message)
        message = "It could not be settled; the log of the worker says where."
        run.outcome(session, position, OutcomeKind.FAILED, record=("subscriptions", key), message=message)
        return False
    return True


def migrate_prices(run: JobRun) -> str:
    """The new price waits for every subscription of the old one that nothing else waits for."""
    key = uuid.UUID(str(run.args["migration"]))
    done = run.chunks(lambda session, at: migrate_some(run, session, key, at))
    return f"Subscriptions for which the new price waits: {done}."


def migrate_some(run: JobRun, session: Session, key: uuid.UUID, at: Json) -> Chunk:
    """Tell the next subscriptions."""
    migration = session.get(PriceMigration, key)
    if migration is None:
        raise JobFailed("There is no such price migration any more.")
    after = uuid.UUID(at["after"]) if "after" in at else None
    effects = JobEffects(session, run.machine, Origin(parent_id=run.id))
    making = Making(session, effects, queries.present(session), reason="Price list")
    moved = migrating.move_some(making, migration, after, CHUNK)
    migration.state = MigrationState.RUNNING if migration.state is MigrationState.PLANNED else migration.state
    done = int(at.get("done", 0)) + len(moved)
    last = {"after": str(moved[-1].id), "done": done} if moved else at
    return Chunk(at=last, done=done, is_last=len(moved) < CHUNK)

"""Asks what a rule watches: a function of core or of a plugin, or the rows of a saved view as its owner sees them.

Whatever goes wrong is an answer, too: it costs that rule alone.
"""

import logging
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_core import period_choice
from admin_core.access.members import active_person
from admin_core.alerts.judging import Judged, judged
from admin_core.contributions import Reading
from admin_core.dashboards import figures
from admin_core.dashboards.figures import UnknownFigure
from admin_core.dashboards.wording import amount_in_words, remark
from admin_core.database import limit_statements
from admin_core.generator.capabilities import capabilities_of
from admin_core.generator.context import Context
from admin_core.generator.counting import CAP, Count, TimedOut, capped_count, time_box
from admin_core.generator.errors import ScreenError
from admin_core.generator.filters import check_served
from admin_core.generator.finding import find
from admin_core.generator.list_state import ListState, of_view
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import list_url
from admin_core.jobs.errors import is_lost_connection, is_out_of_time
from admin_core.machine import Machine, person_session
from admin_core.plugin_manager import WHATEVER
from admin_core.policy import limit, may
from admin_core.theme.formats import in_sentence
from admin_core.traces import trace_of
from schema.alerts import AlertRule
from schema.views import SavedView

log = logging.getLogger(__name__)

PERIOD, DEFAULT_PERIOD = "period", "last_30_days"
"""Where a rule's parameters hold the period of its figure, and which it is when they hold none."""
READ_MS = 5_000
TOO_SLOW = f"It took longer than {READ_MS // 1000} s."
FAILED = "It could not be worked out; the log says why."
GONE = "Nothing declares it any more: its plugin is switched off, or was removed."
NO_VIEW = "The saved view that it counts was deleted."
NOT_YOURS = "Its owner may not open the saved view that it counts any more."
UNUSABLE = "The saved view that it counts can't be used any more: open it to see why."
NO_OWNER = "Its owner does not work here any more, so nobody's rights count the rows. Give it another owner."


class CannotCount(Exception):
    """Why a view's rows cannot be counted, in a sentence."""


def finding_of(parts: Machine, session: Session, rule: AlertRule, now: datetime) -> Judged:
    """Return what a rule finds now; never raises but for a lost database and the end of the job's own time."""
    try:
        reading = read(parts, session, rule, now)
    except TimedOut:
        return Judged("error", error=TOO_SLOW)
    except CannotCount as problem:
        return Judged("error", error=str(problem))
    except ScreenError:  # its sentence may quote what somebody filters by
        return Judged("error", error=UNUSABLE)
    except WHATEVER as error:
        if is_lost_connection(error) or is_out_of_time(error):
            raise
        log.error("alert %s could not be read\n%s", rule.name, trace_of(error))  # noqa: TRY400 (no message)
        return Judged("error", error=TOO_SLOW if is_cancelled(error) else FAILED)
    return judged(reading, rule.comparison, rule.threshold, rule.minimum_count)


def is_cancelled(error: BaseException) -> bool:
    """Return whether the database stopped a statement that took too long."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == "57014"


def read(parts: Machine, session: Session, rule: AlertRule, now: datetime) -> Reading:
    """Return the reading of a rule."""
    if rule.declared:
        return boxed(session, watch_of(parts, rule), now)
    if rule.figure:
        return boxed(session, of_figure(parts, rule.figure, str(rule.parameters.get(PERIOD, ""))), now)
    if rule.view_id is None:
        raise CannotCount(NO_VIEW)
    return rows_of_view(parts, session, rule, now)


def watch_of(parts: Machine, rule: AlertRule) -> Callable[[Session, datetime], Reading]:
    """Return the function that a declared rule watches with."""
    offered = parts.alerts.find(rule.name)
    if offered is None or not parts.plugins.is_on(offered.plugin):
        raise CannotCount(GONE)
    alert = offered.alert
    return alert.watch or of_figure(parts, alert.figure, alert.period)


def of_figure(parts: Machine, name: str, period: str) -> Callable[[Session, datetime], Reading]:
    """Return the watch over a figure; says so when no plugin offers it, or its period is none."""
    try:
        figure = parts.figures.named(name)
    except UnknownFigure as problem:
        raise CannotCount(str(problem)) from None

    def watch(session: Session, now: datetime) -> Reading:
        choice = period_choice.named(period or DEFAULT_PERIOD, now)
        value = figures.value(session, None, figure, choice.period)
        said = f"{figure.title}, {choice.words}: {amount_in_words(figure.unit, value.amount, value.currency)}."
        rows = figure.rows(choice.period) if figure.rows else None
        url = list_url(rows.model, rows.filters) if rows else ""
        return Reading(value=value.amount, n=value.n, summary=f"{said} {remark(value)}".strip(), url=url)

    return watch


def boxed(session: Session, watch: Callable[[Session, datetime], Reading], now: datetime) -> Reading:
    """Return what a function says: in its own time, and whatever it wrote is taken back."""
    with time_box(session, READ_MS):
        return watch(session, now)


# --- Saved views


def rows_of_view(parts: Machine, session: Session, rule: AlertRule, now: datetime) -> Reading:
    """Return how many rows the owner of a rule sees in its saved view."""
    person = active_person(session, rule.owner_id)
    if person is None:
        raise CannotCount(NO_OWNER)
    with closing(person_session(parts, person)) as own:
        ctx = Context(own, person, parts.registry, parts.cipher, now)
        view = own.scalars(select(SavedView).where(SavedView.id == rule.view_id)).one_or_none()
        if view is None:
            raise CannotCount(NOT_YOURS)
        spec = spec_of(ctx, view)
        found = count_of_view(ctx, spec, view, most=int(rule.threshold or 0) + 1)
    if found.kind == "about":
        raise TimedOut
    summary = f"{found.text} {in_sentence(spec.plural)} in the view “{view.name}”."
    return Reading(value=found.number, n=found.number, summary=summary, url=list_url(spec.key, view=str(view.id)))


def spec_of(ctx: Context, view: SavedView) -> ModelSpec:
    """Return the model a view lists; says so when the owner may not read it, or it is gone."""
    if view.model_key not in ctx.registry:
        raise CannotCount("The list of its saved view is not there any more.")
    spec = ctx.registry.spec(view.model_key)
    if not may(ctx.person, "read", spec):
        raise CannotCount(f"Its owner may not see {in_sentence(spec.plural)} any more.")
    return spec


def count_of_view(ctx: Context, spec: ModelSpec, view: SavedView, *, most: int) -> Count:
    """Return how many rows a view has, counted as the list itself finds them; exact up to ``most``."""
    limit_statements(ctx.session, READ_MS, table=spec.table)
    able = capabilities_of(ctx.session, spec)
    state = of_view(ctx, spec, ListState(), view)
    check_served(spec, able, state.conditions)
    found = find(ctx, spec, able, state)
    if found.count is not None and found.count.kind == "exact":
        return found.count
    columns: list[Any] = [getattr(spec.model, key) for key in spec.primary_key]
    statement = limit(select(*columns).where(*found.where), ctx.person, spec)
    return capped_count(ctx.session, statement, max(CAP, most), READ_MS, table=spec.table)

"""Row rules: which rows of a model somebody may see. Core's own stand here; plugins bring theirs by a hook.

A rule takes the person and returns a criterion, or None when it does not concern them. It decides by the person alone:
the answer is kept and serves their later requests, too. What the criterion asks of the database is asked each time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, false, func, not_, or_, select

from admin_core.policy.named import held, shown_with
from admin_core.policy.person import Person
from schema.alerts import AlertIncident, AlertNotification, AlertRule
from schema.artifacts import Artifact
from schema.changes import ChangeRow
from schema.reports import DataExport, Report, ReportFile, ReportRun, ReportSchedule
from schema.staff import Role
from schema.views import SavedView, Selection, ViewState

Criterion = Callable[[Person], ColumnElement[bool] | None]
OTHERS = "core:reports:others"
"""Lets somebody see reports and files that others asked for. Held by the Owner."""


@dataclass(frozen=True)
class RowRule:
    """Hides rows of a model on every path: lists, records, labels, searches, files, actions, history, programs."""

    name: str
    """``plugin:noun:word``; rules on several models may share one."""
    sentence: str
    """What is hidden and why, for whoever asks why they can't see it."""
    model: type[Any]
    """The mapped class."""
    criterion: Criterion
    """Takes the person; returns what rows they see must fulfil, or None when the rule does not concern them."""
    lifting_permission: str = ""
    """The permission that lifts the rule; empty: nothing does."""


def own_or_shared_views(person: Person) -> ColumnElement[bool]:
    """Private views are their owner's alone; those without an owner came with the product."""
    return or_(SavedView.shared, SavedView.owner_id == person.own_id, SavedView.owner_id.is_(None))


def own_view_states(person: Person) -> ColumnElement[bool]:
    """Search words and filter values are of use to the person who typed them."""
    return ViewState.owner_id == person.own_id


def own_selections(person: Person) -> ColumnElement[bool]:
    """A frozen selection is worked through by the person who made it."""
    return Selection.owner_id == person.own_id


def own_or_granted_files(person: Person) -> ColumnElement[bool]:
    """Files belong to who asked for them, and to those who hold the permission named on them."""
    return or_(Artifact.owner_id == person.own_id, held(Artifact.permission, person))


def own_exports(person: Person) -> ColumnElement[bool]:
    """What somebody took out concerns them alone."""
    return DataExport.member_id == person.own_id


def own_or_shared_reports(person: Person) -> ColumnElement[bool]:
    """Reports are their owner's, unless they came with the product or are shared with all or with a role."""
    with_role = Report.roles.any(Role.name.in_(person.roles))
    return or_(Report.owner_id == person.own_id, Report.owner_id.is_(None), Report.shared_with_all, with_role)


def own_schedules(person: Person) -> ColumnElement[bool]:
    """Who receives a report is known to who said so."""
    return ReportSchedule.owner_id == person.own_id


def own_runs(person: Person) -> ColumnElement[bool]:
    """A run belongs to who asked for it; one that nobody asked for to those who see its report."""
    of_theirs = ReportRun.report_id.in_(select(Report.id).where(own_or_shared_reports(person)))
    return or_(ReportRun.requested_by_id == person.own_id, and_(ReportRun.requested_by_id.is_(None), of_theirs))


def files_of_own_runs(person: Person) -> ColumnElement[bool]:
    """A report's file is seen with its run."""
    return ReportFile.run_id.in_(select(ReportRun.id).where(own_runs(person)))


def rules_seen(person: Person) -> ColumnElement[bool] | None:
    """A rule about figures that somebody may not see is none of theirs; neither is what it says."""
    return shown_with(AlertRule.seen_with, person)


def incidents_seen(person: Person) -> ColumnElement[bool] | None:
    """What happened under a rule is seen by who sees the rule."""
    rules = rules_seen(person)
    return None if rules is None else AlertIncident.rule_id.in_(select(AlertRule.id).where(rules))


def notifications_seen(person: Person) -> ColumnElement[bool] | None:
    """Messages tell what the incident tells; a test of a channel tells nothing."""
    rules = rules_seen(person)
    if rules is None:
        return None
    mine = select(AlertIncident.id).join(AlertRule, AlertRule.id == AlertIncident.rule_id).where(rules)
    return or_(AlertNotification.incident_id.is_(None), AlertNotification.incident_id.in_(mine))


def changes_of(model: type[Any], criterion: Criterion) -> Criterion:
    """Return the rule on the history's own rows that goes with a rule on a model: what is hidden has no past either."""

    def of_others(person: Person) -> ColumnElement[bool]:
        seen = criterion(person)
        hidden = select(cast(model.id, String)).where(false() if seen is None else not_(seen))
        key = func.jsonb_extract_path_text(ChangeRow.record_key, "id")
        return or_(ChangeRow.table_name != model.__tablename__, key.not_in(hidden))

    return of_others


ALERTS, WATCHED = "core:alerts:figures", "Alerts are seen with the figure or page they watch."
PRIVATE, FILES = "core:views:private", "core:reports:private"
OF_CORE: tuple[RowRule, ...] = (
    RowRule(PRIVATE, "A private view belongs to who saved it, who can share it.", SavedView, own_or_shared_views),
    RowRule(PRIVATE, "What somebody searched for is theirs.", ViewState, own_view_states),
    RowRule(PRIVATE, "A selection belongs to who made it.", Selection, own_selections),
    RowRule(PRIVATE, "So is its past.", ChangeRow, changes_of(SavedView, own_or_shared_views)),
    *(
        RowRule(FILES, "Reports, exports and their files belong to who asked for them.", model, criterion, OTHERS)
        for model, criterion in (
            (Artifact, own_or_granted_files),
            (DataExport, own_exports),
            (Report, own_or_shared_reports),
            (ReportSchedule, own_schedules),
            (ReportRun, own_runs),
            (ReportFile, files_of_own_runs),
            (ChangeRow, changes_of(Report, own_or_shared_reports)),
            (ChangeRow, changes_of(ReportSchedule, own_schedules)),
        )
    ),
    *(
        RowRule(ALERTS, WATCHED, model, criterion)
        for model, criterion in (
            (AlertRule, rules_seen),
            (AlertIncident, incidents_seen),
            (AlertNotification, notifications_seen),
        )
    ),
)

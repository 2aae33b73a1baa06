"""Kinds of a timeline that core knows of itself: approvals and jobs about a record, e-mails to it, who looked at it.

By the shape of core's own tables, so of records of any model; they stand where a plugin has made a timeline.
"""

from collections.abc import Iterator

from admin_core.contributions import Belonging, TimelineEntries
from admin_core.generator.action_registry import CORE
from admin_core.generator.record_parts import OfferedEntries
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ModelSpec
from admin_core.generator.subjects import SELF, way_of

APPROVALS, MAILS, LOOKS, JOBS = "approvals", "mail_messages", "access_entries", "jobs"


def core_kinds(registry: Registry, spec: ModelSpec) -> list[OfferedEntries]:
    """Return the kinds of core for the records of a model; none for one whose key is several columns."""
    if len(spec.primary_key) != 1:
        return []
    found = [*approvals(spec), *mails(registry, spec), *looks(spec), *jobs(spec)]
    return [OfferedEntries(CORE, each) for each in found if each.belonging.rows in registry]


def approvals(spec: ModelSpec) -> Iterator[TimelineEntries]:
    """Yield what two people decided about a record."""
    shown = Belonging(
        rows=APPROVALS,
        columns=("title", "state", "requested_by_id", "decided_by_id"),
        newest="created_at",
        owner="record_key",
        among=(("model_key", spec.key),),
    )
    yield entries("approvals", "Approval", spec, shown, icon="user-check")


def mails(registry: Registry, spec: ModelSpec) -> Iterator[TimelineEntries]:
    """Yield the e-mails that went to a record, where e-mails refer to such."""
    other = registry.spec(MAILS) if MAILS in registry else None
    for column in other.columns.values() if other else ():
        assert other is not None  # it has columns
        keys = other.table.columns[column.name].foreign_keys
        if any(key.column.table is spec.table for key in keys):
            told = ("subject", "mail_class", "state", "withheld_reason")
            shown = Belonging(rows=MAILS, columns=told, newest="created_at", owner=column.key)
            yield entries("mails", "E-mail", spec, shown, icon="mail")


def looks(spec: ModelSpec) -> Iterator[TimelineEntries]:
    """Yield who looked at the data of a person or company, where records of the model are such."""
    way = way_of(spec)
    if way is not None and spec.options.subject == SELF:
        shown = Belonging(
            rows=LOOKS,
            columns=("member_id", "kind", "model_key", "reason"),
            newest="occurred_at",
            owner="subject_key",
            among=(("subject_kind", way.kind),),
        )
        yield entries("looks", "Data access", spec, shown, icon="eye", apart=True)


def jobs(spec: ModelSpec) -> Iterator[TimelineEntries]:
    """Yield the jobs that somebody asked for about a person or company, where records of the model are such."""
    way = way_of(spec)
    if way is not None and spec.options.subject == SELF:
        shown = Belonging(
            rows=JOBS,
            columns=("name", "title", "state", "actor_id", "finished_at"),
            newest="created_at",
            owner="subject_key",
            among=(("subject_kind", way.kind),),
        )
        yield entries("jobs", "Job", spec, shown, icon="settings-automation")


def entries(
    slug: str, label: str, spec: ModelSpec, shown: Belonging, *, icon: str, apart: bool = False
) -> TimelineEntries:
    """Return one kind; whoever may read the rows may read it."""
    permission = f"data:{shown.rows}:read"
    return TimelineEntries(
        slug=slug, label=label, model=spec.key, permission=permission, belonging=shown, icon=icon, apart=apart
    )

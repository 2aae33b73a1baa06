"""Off-boarding: what a member holds passes to others, their access closes, all in one transaction. The caller commits.

What somebody holds is found by its columns: those that refer to a member and are called after an owner or assignee,
or say so with the tag ``hands_over``. Who did what in the past stays as it was.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import grants
from admin_core.policy.decisions import names_of
from admin_core.team import members
from admin_core.team.changing import Desk, begin, close, require_owner_stays
from admin_core.team.members import Member
from schema.artifacts import Artifact
from schema.bulk import BulkRun
from schema.changes import Approval, ApprovalState
from schema.views import SavedView, Selection, ViewState

HOLDER_NAMES = frozenset({"owner_id", "assignee_id", "assigned_to_id", "lead_id"})
ENDS = (
    "closed_at", "resolved_at", "done_at", "decided_at", "revoked_at", "archived_at", "ended_at", "finished_at",
    "completed_at", "withdrawn_at", "answered_at",
)  # fmt: skip
"""The first of these that a table has tells its open rows: there it is empty."""
PASSING = frozenset({ViewState, Selection, BulkRun, Artifact})
"""What nobody takes over: it ends by itself."""
MOST_COUNTED = 1_000
MEMBER_MODEL = "staff_members"
Heirs = Callable[[str], UUID | None]
"""Who takes over what is held under a key; None when nobody was named."""


@dataclass(frozen=True)
class Holding:
    """A column that names who holds a row."""

    spec: ModelSpec
    column: ColumnSpec

    @property
    def key(self) -> str:
        """How forms name it."""
        return f"{self.spec.key}.{self.column.key}"

    def held_by(self, member_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
        """Return the criteria of what a member holds and has to pass on."""
        mine: sa.ColumnElement[bool] = getattr(self.spec.model, self.column.key) == member_id
        return (mine, *is_open(self.spec))


@dataclass(frozen=True)
class Held:
    """What a member holds of one kind."""

    holding: Holding
    count: int
    """At most one more than is counted."""

    @property
    def words(self) -> str:
        """How many, in words."""
        return f"{MOST_COUNTED:,}+".replace(",", " ") if self.count > MOST_COUNTED else str(self.count)


def holdings(registry: Registry) -> Iterator[Holding]:
    """Yield every column that names who holds a row, by what the rows are called."""
    for spec in sorted((registry.spec(key) for key in registry), key=lambda each: each.plural):
        for column in spec.columns.values():
            if spec.model not in PASSING and names_a_holder(spec, column):
                yield Holding(spec, column)


def names_a_holder(spec: ModelSpec, column: ColumnSpec) -> bool:
    """Return whether a column says which member holds the row."""
    if column.reference is None or column.reference.model != MEMBER_MODEL:
        return False
    tagged = spec.table.columns[column.name].info.get("hands_over") is True
    return tagged or column.key in HOLDER_NAMES


def is_open(spec: ModelSpec) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the criteria of rows that still need somebody. Of saved views only shared ones do."""
    if spec.model is SavedView:
        return (SavedView.shared.is_(True),)
    end = next((name for name in ENDS if name in spec.columns), None)
    return () if end is None else (getattr(spec.model, end).is_(None),)


def held(session: Session, registry: Registry, member_id: UUID) -> list[Held]:
    """Return what a member holds, kind by kind: one statement, and no count beyond the first thousand."""
    kinds = list(holdings(registry))
    counts = [
        sa.select(
            sa.literal(n),
            sa.select(sa.func.count())
            .select_from(sa.select(sa.literal(1)).select_from(each.spec.model).where(*each.held_by(member_id))
                         .limit(MOST_COUNTED + 1).subquery())
            .scalar_subquery(),
        )
        for n, each in enumerate(kinds)
    ]  # fmt: skip
    found: dict[int, int] = {n: count for n, count in session.execute(sa.union_all(*counts))}  # noqa: C416 (rows)
    return [Held(each, found[n]) for n, each in enumerate(kinds) if found[n]]


def successors(session: Session, leaving: UUID) -> list[Member]:
    """Return who may take over: members with access, by name."""
    return [each for each in members.with_access(session) if may_succeed(each, leaving)]


def may_succeed(member: Member, leaving: UUID) -> bool:
    """Return whether a member may take something over."""
    return member.id != leaving and member.state == "active"


def leave(desk: Desk, registry: Registry, member_id: UUID, heirs: Heirs, reason: str) -> str:
    """Hand over, withdraw what waits for approval, disable, end the sessions; or refuse and do nothing.

    ``heirs`` says who takes over, by the key of the holding.
    """
    member = begin(desk, member_id, "off-board")
    if member.state == "disabled":
        raise ActionRefused(f"{member.name} is disabled already.", "Enable them to hand over what they hold.")
    require_owner_stays(desk, member)
    found = held(desk.session, registry, member_id)
    takers = [(each, heir_of(desk, each, heirs, member_id)) for each in found]
    moved = sum(hand_over(desk.session, each.holding, member_id, taker.id) for each, taker in takers)
    for each in found:
        end_membership(desk.session, each.holding, member_id)
    withdrawn = withdraw_approvals(desk, member_id)
    close(desk, member_id, reason)
    also = f" {withdrawn} of their requests for approval were withdrawn." if withdrawn else ""
    return f"{member.name} has left: {moved} {'record' if moved == 1 else 'records'} handed over, access closed.{also}"


def heir_of(desk: Desk, item: Held, heirs: Heirs, leaving: UUID) -> Member:
    """Return who takes one kind over; ActionRefused where nobody was named, or somebody who may not even see it."""
    spec, chosen = item.holding.spec, heirs(item.holding.key)
    if chosen is None:
        raise ActionRefused(f"Say who takes over the {item.words} {spec.plural.lower()}.")
    heir = members.member(desk.session, chosen)
    if heir is None or not may_succeed(heir, leaving):
        raise ActionRefused(f"Choose somebody with access to take over the {spec.plural.lower()}.")
    # Views are everybody's tool: whoever has one need not be allowed to read the table they are kept in.
    if spec.model is not SavedView and not grants(heir.patterns, *names_of("read", spec)):
        raise ActionRefused(f"{heir.name} may not see {spec.plural.lower()}.", "Choose somebody who may.")
    return heir


def hand_over(session: Session, holding: Holding, leaving: UUID, heir: UUID) -> int:
    """Pass the open rows on and return how many; a row that would be the heir's second of its kind stays."""
    model, column = holding.spec.model, holding.column.key
    statement = sa.update(model).where(*holding.held_by(leaving), *without_twins(holding, heir)).values({column: heir})
    keys = [getattr(model, name) for name in holding.spec.primary_key]
    options = {"synchronize_session": False}
    return len(session.execute(statement.returning(*keys), execution_options=options).all())


def end_membership(session: Session, holding: Holding, leaving: UUID) -> None:
    """Delete what is left of a list that names each member once, such as a rota: who has left takes no turn."""
    own = {holding.column.name}
    uniques = (each for each in holding.spec.table.constraints if isinstance(each, sa.UniqueConstraint))
    if any({column.name for column in each.columns} == own for each in uniques):
        gone = sa.delete(holding.spec.model).where(*holding.held_by(leaving))
        session.execute(gone, execution_options={"synchronize_session": False})


def without_twins(holding: Holding, heir: UUID) -> Iterator[sa.ColumnElement[bool]]:
    """Yield a criterion for each unique constraint the holder is part of: the heir has no row that is else the same."""
    table, own = holding.spec.table, holding.column.name
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint) and own in constraint.columns:
            twin = table.alias()
            same = [twin.c[c.name] == table.c[c.name] for c in constraint.columns if c.name != own]
            yield ~sa.exists().where(twin.c[own] == heir, *same)


def withdraw_approvals(desk: Desk, member_id: UUID) -> int:
    """Withdraw what the member asked somebody to approve and nobody has decided; return how many."""
    mine = (Approval.requested_by_id == member_id, Approval.state == ApprovalState.REQUESTED)
    statement = (
        sa.update(Approval).where(*mine).values(state=ApprovalState.WITHDRAWN, typed=None).returning(Approval.id)
    )
    return len(desk.session.execute(statement, execution_options={"synchronize_session": False}).all())


def chosen_heirs(get: Callable[[str], str]) -> Heirs:
    """Return who takes over by the key of the holding: whoever was chosen for it, else whoever was chosen for all."""

    def heir(key: str) -> UUID | None:
        try:
            return UUID(get(f"to-{key}") or get("to"))
        except ValueError:
            return None

    return heir

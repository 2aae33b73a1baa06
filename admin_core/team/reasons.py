"""Why somebody may or may not: which pattern of which role gives it, which takes it away. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import RowRule, Verb, covers
from admin_core.policy.decisions import OPEN_CLASSES, names_of
from admin_core.policy.person import NEGATIVE
from admin_core.team.permissions import CLASSES, DEEDS

Names = tuple[str, ...]
ROW = ":row"
"""How the refusal ends that hides a row from everybody but its owner: no role can give it."""


@dataclass(frozen=True)
class Question:
    """One permission somebody asks about."""

    names: Names
    deed: str
    """Completes "may …"."""


@dataclass(frozen=True)
class HidingRule:
    """A rule that hides rows of a table."""

    rule: RowRule
    in_force: bool
    """Whether it concerns whoever is asked about."""


@dataclass(frozen=True)
class RoleSays:
    """What one role says to a permission."""

    role: str
    gives: tuple[str, ...]
    takes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The same in words."""
        if self.takes:
            return f"takes it away with {' and '.join(self.takes)}"
        return f"gives it with {' and '.join(self.gives)}" if self.gives else "does not give it"


@dataclass(frozen=True)
class Verdict:
    """The answer to one question."""

    question: Question
    may: bool
    says: tuple[RoleSays, ...]

    def sentence(self, who: str, may: str) -> str:
        """Return the answer in words; ``who`` is ``You`` or a name, ``may`` follows it."""
        if self.may:
            return f"{who} {may} {self.question.deed}."
        if not self.says:
            return f"{who} {may} not {self.question.deed}: there is no role yet."
        taking = [each.role for each in self.says if each.takes]
        why = f"{' and '.join(taking)} takes it away" if taking else "no role gives it"
        return f"{who} {may} not {self.question.deed}: {why}."


def verdict(roles: Mapping[str, Sequence[str]], question: Question, within: frozenset[str] | None = None) -> Verdict:
    """Return the answer for somebody with these roles; ``within`` narrows it to what somebody else may, too."""
    union = frozenset(pattern for patterns in roles.values() for pattern in patterns)
    may = covers(union, question.names) and (within is None or covers(within, question.names))
    return Verdict(question, may, tuple(says(name, patterns, question.names) for name, patterns in roles.items()))


def says(role: str, patterns: Iterable[str], names: Names) -> RoleSays:
    """Return which patterns of a role speak of a permission."""
    gives: list[str] = []
    takes: list[str] = []
    for pattern in patterns:
        plain = pattern.removeprefix(NEGATIVE)
        if any(fnmatchcase(name, plain) for name in names):
            (takes if pattern.startswith(NEGATIVE) else gives).append(pattern)
    return RoleSays(role, tuple(gives), tuple(takes))


def about_model(spec: ModelSpec, verb: Verb) -> Question:
    """Return the question whether somebody may do something with the records of a table."""
    return Question(names_of(verb, spec), f"{DEEDS[verb]} {spec.plural.lower()}")


def about_column(spec: ModelSpec, column: ColumnSpec) -> tuple[Question, ...]:
    """Return the questions that decide how somebody sees a column."""
    first = about_model(spec, "read")
    if column.pii in OPEN_CLASSES or column.pii == "secret":
        return (first,)
    words = CLASSES.get(column.pii, column.pii)
    return (
        first,
        Question((f"pii:{column.pii}:read",), f"see {words} in clear"),
        Question((f"pii:{column.pii}:reveal",), f"reveal {words} one by one"),
    )


def how_seen(column: ColumnSpec, verdicts: Sequence[Verdict]) -> str:
    """Return how somebody sees a column, in a sentence."""
    if column.pii == "secret":
        return f"{column.label} is a secret: it is shown to nobody, in no role."
    if not verdicts[0].may:
        return f"{column.label} is not shown, because the records are not."
    if len(verdicts) == 1:
        return f"{column.label} is not personal: whoever sees the records sees it."
    if verdicts[1].may:
        return f"{column.label} is shown in clear, and each look is recorded."
    return f"{column.label} is masked{'; it can be revealed with a reason' if verdicts[2].may else ''}."

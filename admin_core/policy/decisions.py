"""Answers for models and columns. Answers for rows stand in ``rows``.

A model is asked for by two names of one permission, ``data:KEY:VERB`` and ``data:@GROUP:VERB``, so that a role can
be given a whole group and lose single models of it. What is said about personal data is said by class:
``pii:CLASS:read`` shows in clear, ``pii:CLASS:reveal`` allows asking for a masked value with a reason.
"""

from collections.abc import Mapping
from typing import Any, Literal, Protocol, TypeVar, get_args

from admin_core.policy.person import Person
from schema.tags import Pii

Verb = Literal["read", "create", "edit", "delete", "export", "import"]
VERBS: tuple[Verb, ...] = get_args(Verb)
Sight = Literal["clear", "masked", "never"]

MASK = "•••"
"""What stands in place of a value the person may not see. Never derived from the value."""

OPEN_CLASSES = frozenset({"none", "business"})


class Column(Protocol):
    """The part of a column's spec that the policy needs."""

    @property
    def key(self) -> str:
        """Stable name."""

    @property
    def pii(self) -> Pii:
        """Class of personal data."""


ColumnT_co = TypeVar("ColumnT_co", bound=Column, covariant=True)


class Named(Protocol):
    """What tells whether somebody may do something with a model at all."""

    @property
    def key(self) -> str:
        """Stable name."""

    @property
    def group(self) -> str:
        """Heading it stands under."""

    @property
    def plural(self) -> str:
        """What its rows are called."""


class Model(Named, Protocol[ColumnT_co]):
    """The part of a model's spec that the policy needs."""

    @property
    def columns(self) -> Mapping[str, ColumnT_co]:
        """Columns by key."""

    @property
    def model(self) -> type[Any]:
        """The mapped class."""


class Refused(Exception):
    """The person may not. The message is a sentence for that person; ``permission`` names what is missing."""

    def __init__(self, sentence: str, permission: str) -> None:
        self.sentence = sentence
        self.permission = permission
        super().__init__(sentence)


def may(person: Person, verb: Verb, spec: Named) -> bool:
    """Return whether the person may do this to rows of the model (which rows: see ``limit``)."""
    return person.has(*names_of(verb, spec))


def require(person: Person, verb: Verb, spec: Named) -> None:
    """Do nothing when the person may; raise Refused with a sentence for them otherwise."""
    if not may(person, verb, spec):
        raise Refused(why_not(person, verb, spec), permission_of(verb, spec))


def why_not(person: Person, verb: Verb, spec: Named) -> str:
    """Return the sentence that tells why the person may not; empty when they may."""
    if may(person, verb, spec):
        return ""
    return refusal(person, f"{verb} {spec.plural.lower()}", permission_of(verb, spec))


def may_page(person: Person, page: str) -> bool:
    """Return whether the person may open a page that belongs to no model."""
    return person.has(f"page:{page}:read")


def require_permission(person: Person, permission: str, deed: str) -> None:
    """Raise Refused unless the person has the permission; ``deed`` completes "you may not …"."""
    if not person.has(permission):
        raise Refused(refusal(person, deed, permission), permission)


def sees(person: Person, column: Column) -> Sight:
    """Return how the person sees a column: ``never`` means that not even a mask is shown."""
    if column.pii == "secret":
        return "never"
    if column.pii in OPEN_CLASSES or person.has(f"pii:{column.pii}:read"):
        return "clear"
    return "masked"


def masked(person: Person, column: Column, value: object) -> object:
    """Return what the person is shown of a value. Nothing is shown as nothing: an empty field hides nothing."""
    return value if value is None or sees(person, column) == "clear" else MASK


def may_probe(person: Person, column: Column) -> bool:
    """Return whether the column may be filtered, sorted or searched: a masked value must not be guessed that way."""
    return sees(person, column) == "clear"


def may_reveal(person: Person, column: Column) -> bool:
    """Return whether the person may ask for a masked value, giving a reason."""
    return sees(person, column) == "masked" and person.has(f"pii:{column.pii}:reveal")


def readable_columns(person: Person, spec: Model[ColumnT_co]) -> tuple[ColumnT_co, ...]:
    """Return the columns the person may be shown, clear or masked, in declared order; none without read access."""
    if not may(person, "read", spec):
        return ()
    return tuple(column for column in spec.columns.values() if sees(person, column) != "never")


def permission_of(verb: Verb, spec: Named) -> str:
    """Return the permission that names the model itself."""
    return f"data:{spec.key}:{verb}"


def names_of(verb: Verb, spec: Named) -> tuple[str, str]:
    """Return both names of the permission: of the model and of its group."""
    return permission_of(verb, spec), f"data:@{spec.group}:{verb}"


def refusal(person: Person, deed: str, permission: str) -> str:
    """Return the sentence for a person who may not do the deed."""
    if not person.roles:
        return f"You may not {deed}: you have no role yet. An Owner can give you one."
    roles = " and ".join(person.roles)
    return f"You may not {deed} as {roles}. An Owner can add the permission {permission} to a role of yours."

"""The figures of all plugins by name, and the one way to ask for their values. No Flask here.

Whoever shows, mails or compares a number asks here: the permission is checked, what a plugin returns is examined.
The caller says how long it may take (``counting.time_box``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy.orm import Session

from admin_core.contributions import Figure, Value
from admin_core.periods import Period
from admin_core.plugin_manager import Plugins
from admin_core.policy import Person, require_permission


class UnknownFigure(LookupError):
    """No running plugin offers a figure of this name; the message is a sentence."""


@dataclass(frozen=True)
class Figures:
    """The figures that plugins offer now."""

    by_name: Mapping[str, Figure] = field(default_factory=dict)

    @classmethod
    def of(cls, plugins: Plugins) -> Self:
        """Return the figures of all running plugins that are not switched off, in their order."""
        return cls({figure.name: figure for figure in plugins.items("register_figures")})

    def __iter__(self) -> Iterator[Figure]:
        """Yield every figure."""
        return iter(self.by_name.values())

    def named(self, name: str) -> Figure:
        """Return the figure of a name; UnknownFigure when no plugin offers it now."""
        try:
            return self.by_name[name]
        except KeyError:
            sentence = f"There is no figure {name[:80]!r}: its plugin is switched off, or it was renamed."
            raise UnknownFigure(sentence) from None

    def seen_by(self, person: Person) -> list[Figure]:
        """Return the figures a person may see."""
        return [figure for figure in self if person.has(figure.permission)]


def value(session: Session, person: Person | None, figure: Figure, period: Period) -> Value:
    """Return what a figure came to in a period; see ``values``."""
    return values(session, person, figure, [period])[0]


def values(session: Session, person: Person | None, figure: Figure, periods: Sequence[Period]) -> list[Value]:
    """Return what a figure came to in each period; Refused for a person who may not see it.

    ``person`` None: nobody in particular, for jobs that report to whom it concerns and check that themselves.
    """
    if person is not None:
        require_permission(person, figure.permission, f"see {figure.title}")
    found = list(figure.values(session, periods)) if periods else []
    if len(found) != len(periods) or not all(isinstance(each, Value) for each in found):
        raise TypeError(f"The figure {figure.name} must return one Value for each period.")
    return found

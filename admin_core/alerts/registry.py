"""The alerts that core and plugins declare, by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from admin_core.contributions import Alert
from admin_core.plugin_manager import Plugins

CORE = "core"


@dataclass(frozen=True)
class Offered:
    """A declared alert and whose it is."""

    plugin: str
    alert: Alert


@dataclass(frozen=True)
class AlertRegistry:
    """Everything that is declared in this process."""

    by_name: dict[str, Offered] = field(default_factory=dict)

    @classmethod
    def of(cls, plugins: Plugins, core: Iterable[Alert] = ()) -> "AlertRegistry":
        """Return what core and every running plugin declare, switched off or not."""
        answers = plugins.registered("register_alerts")
        theirs = [Offered(answer.plugin, alert) for answer in answers for alert in answer.items]
        return cls({each.alert.name: each for each in (*(Offered(CORE, alert) for alert in core), *theirs)})

    def __iter__(self) -> Iterator[Offered]:
        """Yield the alerts in the order of their names."""
        return iter(sorted(self.by_name.values(), key=lambda each: each.alert.name))

    def find(self, name: str) -> Offered | None:
        """Return a declared alert, None when nobody declares it."""
        return self.by_name.get(name)

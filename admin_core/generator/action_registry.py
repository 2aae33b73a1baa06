"""The actions of core and plugins, by the model they are offered on. Pure data."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from admin_core.contributions import Action
from admin_core.plugin_manager import Plugins

CORE = "core"


@dataclass(frozen=True)
class Offered:
    """An action with the plugin it comes from."""

    plugin: str
    action: Action

    @property
    def name(self) -> str:
        """Its part of the address: ``plugin.slug``."""
        return f"{self.plugin}.{self.action.slug}"


@dataclass(frozen=True)
class ActionRegistry:
    """Every action of this process."""

    offered: tuple[Offered, ...] = ()
    by_model: dict[str, tuple[Offered, ...]] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, offered: Iterable[Offered]) -> "ActionRegistry":
        """Return a registry of these actions; on a record the safe ones come first."""
        ordered = sorted(offered, key=lambda o: (o.action.dangerous, o.action.order))
        by_model: dict[str, tuple[Offered, ...]] = {}
        for each in ordered:
            by_model[each.action.model] = (*by_model.get(each.action.model, ()), each)
        return cls(tuple(ordered), by_model)

    def without(self, plugins: frozenset[str]) -> "ActionRegistry":
        """Return the registry without the actions of some plugins; usually that is this one."""
        return ActionRegistry.of(o for o in self.offered if o.plugin not in plugins) if plugins else self

    def find(self, model: str, name: str) -> Offered | None:
        """Return the action of this name on this model."""
        return next((each for each in self.by_model.get(model, ()) if each.name == name), None)


def collected(plugins: Plugins, of_core: Iterable[Action] = ()) -> ActionRegistry:
    """Return the actions of core and of all running plugins."""
    own = [Offered(CORE, action) for action in of_core]
    theirs = [Offered(a.plugin, action) for a in plugins.registered("register_actions") for action in a.items]
    return ActionRegistry.of([*own, *theirs])

"""Checks, orders and isolates plugins, and is the one way to call their hooks.

A plugin that raises while it is loaded, or breaks a rule, is refused and shown as such; one that raises in a hook of a
page costs its own part of that page, never the page. What the team switched off is not asked.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import pluggy

from admin_core import hookspecs, plugin_models
from admin_core.circuits import Circuits
from admin_core.contribution_checks import Offer, Problem, Surroundings, problems_of
from admin_core.contributions import Manifest
from admin_core.hookspecs import PROJECT
from admin_core.plugin_migrations import Branch, branch_of, branch_problems
from admin_core.plugin_modules import folder_of, refuse_unknown_hooks, said
from admin_core.plugin_sources import EmptyPlace, Origin, Source, forget_modules, name_problem
from admin_core.plugin_switches import Switches
from admin_core.traces import origin_of, trace_of

log = logging.getLogger(__name__)

WHATEVER = (Exception, SystemExit)
"""What a plugin may raise: anything, and it may try to end the process."""
RESTING = "it has failed too often lately and is left alone for a minute"
Reading: TypeAlias = Callable[[Any], tuple[Any, ...]]
ONCE = ("register_", "record_", "timeline_")
"""Hooks of this name are called once, when the plugin is loaded."""


@dataclass(frozen=True)
class Plugin:
    """A plugin that was found: ``error`` says in a sentence why it is disabled, empty when it runs."""

    name: str
    manifest: Manifest | None
    error: str = ""
    origin: Origin = "folder"
    place: str = ""
    folder: Path | None = None
    package: str = ""
    branch: Branch | None = None
    hooks: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    """The rules it breaks, when that is why it is disabled."""
    by_setting: bool = False
    """True: nobody imported it, because a setting says so."""

    @property
    def is_running(self) -> bool:
        """True when its hooks are called, unless the team has switched it off."""
        return not self.error

    @property
    def title(self) -> str:
        """What people call it."""
        return self.manifest.title if self.manifest else self.name


@dataclass(frozen=True)
class Answer:
    """What one plugin returned from a hook, or why it could not."""

    plugin: str
    items: tuple[Any, ...]
    error: str = ""
    raised: BaseException | None = None

    @property
    def value(self) -> Any:
        """What a hook of one value returned; None when it had nothing to say, or raised."""
        return self.items[0] if self.items else None


@dataclass
class Plugins:
    """The plugins of this process and the one way to call their hooks."""

    switches: Switches = field(default_factory=Switches)
    circuits: Circuits = field(default_factory=Circuits)
    empty_places: list[EmptyPlace] = field(default_factory=list)
    _found: list[Plugin] = field(default_factory=list)
    _offers: dict[str, Offer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the contract known."""
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)

    def __iter__(self) -> Iterator[Plugin]:
        """Yield every plugin that was found; a name may come twice when the second was refused for it."""
        return iter(self._found)

    def running(self, name: str) -> Plugin | None:
        """Return the running plugin of a name."""
        return next((each for each in self._found if each.name == name and each.is_running), None)

    def module(self, name: str) -> ModuleType | None:
        """Return the module of a running plugin's hooks, None when it does not run."""
        found: ModuleType | None = self._manager.get_plugin(name)
        return found

    def is_on(self, name: str) -> bool:
        """Return whether a running plugin may act now."""
        return name not in self.switches.off()

    def branches(self) -> list[Branch]:
        """Return the migrations of running plugins, those included that are switched off now: their tables stay."""
        return [each.branch for each in self._found if each.is_running and each.branch is not None]

    # --- Loading
    def add(self, source: Source) -> None:
        """Import and register one plugin; whatever it raises, or breaks, becomes its ``error``."""
        found = Plugin(source.name, None, origin=source.origin, place=source.place)
        if problem := name_problem(source.name) or self._taken(source.name):
            self._found.append(replace(found, error=problem, problems=(Problem("name", problem),)))
        else:
            self.load(source.name, source.import_it, found)

    def load(self, name: str, import_it: Callable[[], ModuleType], found: Plugin | None = None) -> None:
        """Import and register one plugin; whatever it raises becomes its ``error``."""
        found = found or Plugin(name, None)
        try:
            module = import_it()
            found = replace(found, package=plugin_models.package_of(module.__name__), folder=folder_of(module))
            found = replace(found, manifest=manifest_of(name, module))
            refuse_unknown_hooks(module, hook_names())
            self._manager.register(module, name=name)
            plugin_models.import_models(found.package)
        except WHATEVER as error:
            self._refuse(found, said(error))
            return
        self._found.append(replace(found, hooks=self._hooks_of(name)))

    def disable(self, name: str, reason: str, source: Source | None = None) -> None:
        """Note that a plugin is switched off by a setting, and was not imported."""
        found = Plugin(name, None, reason, by_setting=True)
        self._found.append(replace(found, origin=source.origin, place=source.place) if source else found)

    def settle(self, models: Callable[[], Iterable[str]], jobs: Iterable[str], sections: Iterable[str] = ()) -> None:
        """Ask every plugin once for what it registers, and refuse those that break a rule; the earlier ones win."""
        self._each(self._check_files)
        around = Surroundings(frozenset(models()), frozenset(jobs), frozenset(sections))
        self._each(lambda plugin: self._check_offer(plugin, replace(around, before=(*self._offers.values(),))))

    # --- Asking
    def collect(self, hook: str, **arguments: Any) -> list[Answer]:
        """Return every running plugin's answer in the order of the manifests; a raising one answers with an error."""
        return [self._answer(hook, each, arguments, many_values) for each in self._implementations(hook)]

    def answers(self, hook: str, **arguments: Any) -> list[Answer]:
        """Return every running plugin's ``value`` of a hook that returns one thing instead of a list."""
        return [self._answer(hook, each, arguments, one_value) for each in self._implementations(hook)]

    def items(self, hook: str, **arguments: Any) -> list[Any]:
        """Return all contributions to a hook as one list, leaving out plugins that raised."""
        return [item for answer in self.collect(hook, **arguments) for item in answer.items]

    def registered(self, hook: str) -> list[Answer]:
        """Return what running plugins registered at start-up, those included that are switched off now."""
        return [self._answer(hook, each, {}, many_values) for each in self._ordered(hook)]

    def unasked(self, hook: str, answers: Iterable[Answer]) -> list[str]:
        """Return who may have had a say and is not among the answers: switched off, or not running, so nobody knows."""
        heard = {answer.plugin for answer in answers}
        silent = [p.name for p in self._found if not p.is_running or (hook in p.hooks and p.name not in heard)]
        return sorted(set(silent))

    def contributed(self, plugin: str, hook: str) -> tuple[Any, ...]:
        """Return what one plugin registered by a hook at start-up."""
        return self._offers[plugin].of(hook) if plugin in self._offers else ()

    def _implementations(self, hook: str) -> list[Any]:
        off = self.switches.off()
        return [each for each in self._ordered(hook) if each.plugin_name not in off]

    def _ordered(self, hook: str) -> list[Any]:
        caller = getattr(self._manager.hook, hook)
        return sorted(caller.get_hookimpls(), key=lambda i: self._order(i.plugin_name))

    def _answer(self, hook: str, each: Any, arguments: dict[str, Any], read: Reading) -> Answer:
        name = each.plugin_name
        if hook.startswith(ONCE) and name in self._offers:
            return Answer(name, self._offers[name].of(hook))
        if not self.circuits.admits(name, hook):
            return Answer(name, (), RESTING)
        answer = ask(each, arguments, read)
        if answer.raised is None:
            self.circuits.succeeded(name, hook)
        else:
            self.circuits.failed(name, hook, answer.raised)
        return answer

    def _order(self, name: str) -> tuple[int, str]:
        found = self.running(name)
        return (found.manifest.order if found and found.manifest else 0, name)

    # --- Refusing
    def _taken(self, name: str) -> str:
        first = next((each for each in self._found if each.name == name), None)
        return (
            f"a plugin named {name!r} was found before, in {first.place or 'plugins/'}; names are unique"
            if first
            else ""
        )

    def _each(self, check: Callable[[Plugin], list[Problem]]) -> None:
        for plugin in [each for each in self._found if each.is_running]:
            if problems := check(plugin):
                self._found.remove(plugin)
                self._refuse(plugin, "; ".join(problem.sentence for problem in problems), tuple(problems))

    def _refuse(self, found: Plugin, error: str, problems: tuple[Problem, ...] = ()) -> None:
        if self._manager.has_plugin(found.name):
            self._manager.unregister(name=found.name)
        if found.package and plugin_models.take_back(found.package):
            forget_modules(found.package)  # its classes are of no use any more: a second import must make new ones
        self._found.append(replace(found, error=error, problems=problems))
        log.warning("plugin %s is disabled: %s", found.name, problems[0].rule if problems else error.partition(":")[0])

    def _check_files(self, plugin: Plugin) -> list[Problem]:
        tables = plugin_models.tables_of(plugin.package)
        problems = [Problem("table", each) for each in plugin_models.table_problems(plugin.name, tables)]
        try:
            branch = branch_of(plugin.name, plugin.folder) if plugin.folder else None
        except (ValueError, SyntaxError, OSError) as error:
            return [*problems, Problem("migration", f"its migrations cannot be read: {error}")]
        if branch is not None:
            problems += [Problem("migration", each) for each in branch_problems(branch)]
        if not problems:
            self._found[self._found.index(plugin)] = replace(plugin, branch=branch)
        return problems

    def _check_offer(self, plugin: Plugin, around: Surroundings) -> list[Problem]:
        items: dict[str, tuple[Any, ...]] = {}
        module: Any = self._manager.get_plugin(plugin.name)
        for hook in plugin.hooks:
            if hook.startswith(ONCE):
                try:
                    items[hook] = many_values(getattr(module, hook)())
                except WHATEVER as error:
                    return [Problem("hook", f"{hook} raised {origin_of(error)}")]
        offer = Offer(plugin.name, items, plugin.folder)
        problems = problems_of(offer, around)
        if not problems:
            self._offers[plugin.name] = offer
        return problems

    def _hooks_of(self, name: str) -> tuple[str, ...]:
        callers = self._manager.get_hookcallers(self._manager.get_plugin(name)) or ()
        return tuple(sorted(caller.name for caller in callers))


def many_values(returned: Any) -> tuple[Any, ...]:
    """Return what a hook of a list returned; a generator is run to its end here, where it may raise."""
    return tuple(returned or ())


def one_value(returned: Any) -> tuple[Any, ...]:
    """Return what a hook of one value returned."""
    return () if returned is None else (returned,)


def ask(implementation: Any, arguments: dict[str, Any], read: Reading) -> Answer:
    """Return one implementation's answer; an exception costs that plugin's part only."""
    wanted = {name: arguments[name] for name in implementation.argnames}
    name = implementation.plugin_name
    try:
        return Answer(name, read(implementation.function(**wanted)))
    except WHATEVER as error:
        log.error("plugin %s raised in a hook\n%s", name, trace_of(error))  # noqa: TRY400 (no message)
        return Answer(name, (), type(error).__name__, error)


def hook_names() -> list[str]:
    """Return the names of all hooks."""
    return [name for name, value in vars(hookspecs).items() if hasattr(value, f"{PROJECT}_spec")]


def manifest_of(name: str, module: ModuleType) -> Manifest:
    """Return the plugin's manifest, or raise with what is wrong about it."""
    manifest = getattr(module, "MANIFEST", None)
    if not isinstance(manifest, Manifest):
        raise TypeError(f"{module.__name__} has no MANIFEST. Write: MANIFEST = Manifest(name={name!r}, title=…)")
    if manifest.name != name:
        raise ValueError(f"the manifest says {manifest.name!r} but the folder is {name!r}; one plugin, one name")
    return manifest

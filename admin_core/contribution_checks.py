"""What a plugin's contributions must keep, as pure functions: asked when it is loaded, and shown by `admin check`.

A plugin that breaks one of them is refused as a whole: half a plugin would be harder to understand than none.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sqlalchemy import ColumnElement, inspect

from admin_core import hookspecs
from admin_core.contributions import Card, Number, Permission, RowRule, Trend
from admin_core.policy import NOBODY, Person
from admin_core.policy.limits import LIMIT
from admin_core.traces import origin_of
from schema.staff import Role

Rule = Literal[
    "name", "hook", "type", "twice", "foreign permission", "unknown permission", "no permission", "template", "job",
    "figure", "alert", "service", "model", "limit", "table", "migration", "row rule",
]  # fmt: skip
PERMISSION = re.compile(r"[a-z][a-z0-9_]*(?::[a-z][a-z0-9_-]*){2}")


@dataclass(frozen=True)
class Problem:
    """One rule that a plugin breaks, in a sentence without an end."""

    rule: Rule
    sentence: str


@dataclass(frozen=True)
class Offer:
    """Everything a plugin returned from its ``register_*`` hooks, and where its files lie."""

    plugin: str
    items: Mapping[str, tuple[Any, ...]]
    folder: Path | None = None
    """None: a plugin without files, as tests make them."""

    def of(self, hook: str) -> tuple[Any, ...]:
        """Return what it returned from one hook."""
        return self.items.get(hook, ())

    def all(self) -> Iterator[tuple[str, Any]]:
        """Yield every contribution with the hook it came from."""
        return ((hook, item) for hook, items in self.items.items() for item in items)

    @property
    def permissions(self) -> frozenset[str]:
        """The permissions it registers."""
        return frozenset(item.name for item in self.of("register_permissions") if isinstance(item, Permission))


@dataclass(frozen=True)
class Surroundings:
    """What is there already."""

    models: Collection[str] | None = None
    """Keys of all models; None: not known, so not asked."""
    jobs: Collection[str] = ()
    """Slugs of core's jobs."""
    sections: Collection[str] = ()
    """Names of core's sections of settings, those included that no page lists."""
    before: tuple[Offer, ...] = field(default=())
    """Plugins that were accepted earlier; they win."""


def problems_of(offer: Offer, around: Surroundings) -> list[Problem]:
    """Return every rule that the plugin breaks; only wrong types when there are any, since nothing else can be read."""
    if wrong := list(wrong_types(offer)):
        return wrong
    return [problem for check in CHECKS for problem in check(offer, around)]


def wrong_types(offer: Offer) -> Iterator[Problem]:
    """Yield contributions that are not what their hook says it returns."""
    for hook, item in offer.all():
        wanted = contribution_type(hook)
        if wanted is not None and not isinstance(item, wanted):
            kind = type(item).__name__
            known = " or ".join(each.__name__ for each in get_args(wanted) or (wanted,))
            yield Problem("type", f"{hook} returned a {kind}, not a list of {known}")


def contribution_type(hook: str) -> type | UnionType | None:
    """Return what a hook returns a list of; None when it returns no list."""
    returned = get_type_hints(getattr(hookspecs, hook)).get("return")
    if get_origin(returned) is not list:
        return None
    wanted = get_args(returned)[0]
    return wanted if isinstance(wanted, type | UnionType) else None


# --- One name, one thing
IDENTITY: dict[str, tuple[str, Callable[[Any], tuple[str, ...]]]] = {
    "register_pages": ("page", lambda item: (item.slug,)),
    "register_actions": ("action", lambda item: (item.model, item.slug)),
    "register_jobs": ("job", lambda item: (item.slug,)),
    "register_figures": ("figure", lambda item: (item.name,)),
    "register_dashboards": ("dashboard", lambda item: (item.slug,)),
    "register_rollups": ("rollup", lambda item: (item.name,)),
    "register_permissions": ("permission", lambda item: (item.name,)),
    "register_row_rules": ("row rule", lambda item: (item.name, item.model.__name__)),
    "register_segments": ("segment", lambda item: (item.model, item.name)),
    "record_panels": ("panel", lambda item: (item.model, item.slug)),
    "timeline_entries": ("kind of a timeline", lambda item: (item.model, item.slug)),
    "register_alerts": ("alert", lambda item: (item.name,)),
    "register_services": ("service", lambda item: (item.slug,)),
    "register_settings": ("section of settings", lambda item: (str(getattr(item, "name", "")),)),
}
"""Hook → the word for what it registers, and what makes two of them the same."""
SHARED = frozenset({"register_jobs", "register_permissions", "register_segments", "register_settings"})
"""Hooks whose names are not set apart by the plugin's own."""


def said_twice(offer: Offer, around: Surroundings) -> Iterator[Problem]:
    """Yield names that the plugin uses twice, or that others use already."""
    for hook, (word, identity) in IDENTITY.items():
        taken = owners(hook, identity, around)
        for item in offer.of(hook):
            name = identity(item)
            if name in taken:
                yield Problem("twice", f"{word} {' '.join(reversed(name))!r} is registered already, by {taken[name]}")
            taken[name] = "this plugin"


def owners(hook: str, identity: Callable[[Any], tuple[str, ...]], around: Surroundings) -> dict[tuple[str, ...], str]:
    """Return who has which names of a kind."""
    of_core = {"register_jobs": around.jobs, "register_settings": around.sections}
    taken: dict[tuple[str, ...], str] = {(name,): "core" for name in of_core.get(hook, ())}
    if hook in SHARED:
        taken |= {identity(item): offer.plugin for offer in around.before for item in offer.of(hook)}
    return taken


# --- Permissions
OF_CORE = frozenset({("register_settings", "core:settings:change")})
"""Permissions of core that a contribution may ask for: whoever may change settings may change those of plugins."""


def permissions(offer: Offer, _around: Surroundings) -> Iterator[Problem]:
    """Yield permissions that are not the plugin's, or that no role could be given because nobody registers them."""
    for item in offer.of("register_permissions"):
        yield from foreign(offer.plugin, item.name, "register_permissions")
    for hook, item in offer.all():
        for name in () if hook == "register_permissions" else asked_for(item):
            if (hook, name) in OF_CORE:
                continue
            yield from foreign(offer.plugin, name, where(hook, item))
            if name.startswith(f"{offer.plugin}:") and name not in offer.permissions:
                sentence = f"{where(hook, item)} asks for {name!r}, which register_permissions does not return"
                yield Problem("unknown permission", sentence)
    yield from unguarded(offer)


def foreign(plugin: str, name: str, place: str) -> Iterator[Problem]:
    """Yield a permission that does not begin with the plugin's name, or is none at all."""
    if not PERMISSION.fullmatch(name) or not name.startswith(f"{plugin}:"):
        yield Problem("foreign permission", f"{place} names the permission {name!r}; write {plugin}:noun:verb")


def asked_for(item: Any) -> list[str]:
    """Return the permissions a contribution asks for: its fields whose name ends so, where they are filled in."""
    named = (f.name for f in fields(item) if f.name.endswith("permission")) if is_dataclass(item) else ()
    return [value for name in named if (value := getattr(item, name))]


def unguarded(offer: Offer) -> Iterator[Problem]:
    """Yield what must have a permission and has none."""
    for hook, item in offer.all():
        if hasattr(item, "permission") and not item.permission:
            yield Problem("no permission", f"{where(hook, item)} has no permission: nobody could be kept out")
    for page in offer.of("register_pages"):
        if page.post is not None and not page.post_permission:
            yield Problem("no permission", f"page {page.slug!r} answers a POST without a post_permission")


def where(hook: str, item: Any) -> str:
    """Return how a sentence names a contribution."""
    word = IDENTITY[hook][0] if hook in IDENTITY else hook.removeprefix("register_").removesuffix("s")
    name = next((str(getattr(item, n)) for n in ("slug", "name", "label", "title") if hasattr(item, n)), "")
    return f"{word} {name!r}" if name else word


# --- Templates, jobs, models
def templates(offer: Offer, _around: Surroundings) -> Iterator[Problem]:
    """Yield pages whose template is another's, or is not there."""
    for page in offer.of("register_pages"):
        parts = page.template.split("/")
        if parts[0] != offer.plugin or len(parts) == 1 or ".." in parts:
            sentence = f"page {page.slug!r} shows {page.template!r}, which is outside {offer.plugin}/"
            yield Problem("template", sentence)
        elif offer.folder is not None and not (offer.folder / "templates" / page.template).is_file():
            yield Problem("template", f"page {page.slug!r} shows {page.template!r}, which is not in templates/")


def job_slugs(offer: Offer, _around: Surroundings) -> Iterator[Problem]:
    """Yield jobs that are not called after their plugin: switching it off would not keep them."""
    for job in offer.of("register_jobs"):
        if not job.slug.startswith(f"{offer.plugin}."):
            yield Problem("job", f"job {job.slug!r} must be called {offer.plugin}.what-is-true-afterwards")


NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_NAME = 80


def figure_names(offer: Offer, _around: Surroundings) -> Iterator[Problem]:
    """Yield figures and rollups that are not called after their plugin, and cards of figures that are not there."""
    for hook in ("register_figures", "register_rollups"):
        for item in offer.of(hook):
            named = NAME.fullmatch(item.name) and len(item.name) <= LONGEST_NAME
            if not named or not item.name.startswith(f"{offer.plugin}."):
                yield Problem("figure", f"{where(hook, item)} must be called {offer.plugin}.words-with-hyphens")
    yield from unknown_cards(offer)


def unknown_cards(offer: Offer) -> Iterator[Problem]:
    """Yield cards that show a figure, and figures that read a rollup, which the plugin does not register."""
    figures = {figure.name for figure in offer.of("register_figures")}
    rollups = {rollup.name for rollup in offer.of("register_rollups")}
    for dashboard in offer.of("register_dashboards"):
        for card in dashboard.cards:
            for name in figures_of(card) - figures:
                yield Problem("figure", f"dashboard {dashboard.slug!r} shows {name!r}, which is no figure of its own")
    for figure in offer.of("register_figures"):
        for name in set(figure.rollups) - rollups:
            yield Problem("figure", f"figure {figure.name!r} reads {name!r}, which is no rollup of its own")


def figures_of(card: Card) -> set[str]:
    """Return the names of the figures a card shows."""
    if isinstance(card, Number):
        return {card.figure}
    return set(card.figures) if isinstance(card, Trend) else set()


def alert_names(offer: Offer, _around: Surroundings) -> Iterator[Problem]:
    """Yield alerts that are not called after their plugin: switching it off would not keep them."""
    for alert in offer.of("register_alerts"):
        if not alert.name.startswith(f"{offer.plugin}."):
            yield Problem("alert", f"alert {alert.name!r} must be called {offer.plugin}.what-is-wrong")


def service_slugs(offer: Offer, _around: Surroundings) -> Iterator[Problem]:
    """Yield services that are not called after their plugin: they could stand in for another's."""
    for service in offer.of("register_services"):
        named = NAME.fullmatch(service.slug) and len(service.slug) <= LONGEST_NAME
        if not named or not service.slug.startswith(f"{offer.plugin}."):
            yield Problem("service", f"service {service.slug!r} must be called {offer.plugin}.verb-noun")


def known_models(offer: Offer, around: Surroundings) -> Iterator[Problem]:
    """Yield actions, segments and lines of home about a model that is not there."""
    if around.models is None:
        return
    for hook, item in offer.all():
        model = getattr(item, "model", "")
        if isinstance(model, str) and model and model not in around.models:
            yield Problem("model", f"{where(hook, item)} is about {model!r}, which is no model")


def role_limits(offer: Offer, _around: Surroundings) -> Iterator[Problem]:
    """Yield actions that are bound by an amount which roles do not have."""
    known = [name for name in Role.__table__.columns.keys() if name.endswith(LIMIT)]  # noqa: SIM118
    for action in offer.of("register_actions"):
        if action.role_limit and action.role_limit not in known:
            sentence = f"{where('register_actions', action)} is bound by {action.role_limit!r}, which no role has"
            yield Problem("limit", f"{sentence}; roles have {', '.join(known)}")


def row_rules(offer: Offer, _around: Surroundings) -> Iterator[Problem]:
    """Yield row rules with a foreign name, about what is no model, or that can't say what they hide."""
    for rule in offer.of("register_row_rules"):
        place = where("register_row_rules", rule)
        if not PERMISSION.fullmatch(rule.name) or not rule.name.startswith(f"{offer.plugin}:"):
            yield Problem("row rule", f"{place} must be called {offer.plugin}:noun:word")
        if inspect(rule.model, raiseerr=False) is None:
            yield Problem("row rule", f"{place} is about {rule.model.__name__}, which is no mapped class")
        elif problem := criterion_problem(rule):
            yield Problem("row rule", f"{place} {problem}")


def criterion_problem(rule: RowRule) -> str:
    """Return what is wrong with what a rule demands of the rows that a stranger sees; empty when nothing is."""
    try:
        found = rule.criterion(Person(NOBODY, "Nobody"))
    except Exception as error:  # noqa: BLE001 (a plugin may raise anything)
        return f"raised {origin_of(error)}"
    right = found is None or isinstance(found, ColumnElement)
    return "" if right else f"returned a {type(found).__name__}, not a criterion or None"


Check = Callable[[Offer, Surroundings], Iterable[Problem]]
CHECKS: tuple[Check, ...] = (
    said_twice,
    permissions,
    templates,
    job_slugs,
    figure_names,
    alert_names,
    service_slugs,
    known_models,
    role_limits,
    row_rules,
)

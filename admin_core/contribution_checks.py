"""What a plugin's contributions must keep, as pure functions: asked when it is loaded, and shown by `admin check`.

A plugin that breaks one of them is refused as a whole: half a plugin would be harder to understand than none.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from admin_core import hookspecs
from admin_core.contributions import Permission

Rule = Literal[
    "name", "hook", "type", "twice", "foreign permission", "unknown permission", "no permission", "template", "job",
    "model", "table", "migration",
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
            yield Problem("type", f"{hook} returned a {kind}, not a list of {wanted.__name__}")


def contribution_type(hook: str) -> type | None:
    """Return what a hook returns a list of; None when it returns no list."""
    returned = get_type_hints(getattr(hookspecs, hook)).get("return")
    if get_origin(returned) is not list:
        return None
    wanted = get_args(returned)[0]
    return wanted if isinstance(wanted, type) else None


# --- One name, one thing
IDENTITY: dict[str, tuple[str, Callable[[Any], tuple[str, ...]]]] = {
    "register_pages": ("page", lambda item: (item.slug,)),
    "register_actions": ("action", lambda item: (item.model, item.slug)),
    "register_jobs": ("job", lambda item: (item.slug,)),
    "register_permissions": ("permission", lambda item: (item.name,)),
    "register_segments": ("segment", lambda item: (item.model, item.name)),
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


def known_models(offer: Offer, around: Surroundings) -> Iterator[Problem]:
    """Yield actions, segments and lines of home about a model that is not there."""
    if around.models is None:
        return
    for hook, item in offer.all():
        model = getattr(item, "model", "")
        if isinstance(model, str) and model and model not in around.models:
            yield Problem("model", f"{where(hook, item)} is about {model!r}, which is no model")


Check = Callable[[Offer, Surroundings], Iterable[Problem]]
CHECKS: tuple[Check, ...] = (said_twice, permissions, templates, job_slugs, known_models)

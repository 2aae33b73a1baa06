"""Checks of what a plugin declares. What core itself refuses at start-up is told by the first; none opens a page."""

import re
from collections.abc import Iterator
from typing import Any, get_type_hints

from admin_core import checks, hookspecs
from admin_core.conformance import markup
from admin_core.conformance.stage import Stage
from admin_core.plugin_manager import ONCE, hook_names
from admin_core.theme.icons import ICONS

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def loads(stage: Stage) -> Iterator[str]:
    """Yield why the plugin does not run."""
    yield from stage.problems


def asked_at_start() -> list[str]:
    """Return the hooks that take no argument and return a list."""
    named = [name for name in hook_names() if name.startswith(ONCE)]
    return [name for name in named if not set(get_type_hints(getattr(hookspecs, name))) - {"return"}]


def contributions(stage: Stage) -> Iterator[tuple[str, Any]]:
    """Yield every contribution with a word for where it stands, the manifest first."""
    yield "MANIFEST", stage.module.MANIFEST
    for hook in asked_at_start():
        for number, item in enumerate(stage.items(hook), 1):
            named = (str(getattr(item, word, "")) for word in ("slug", "label", "name", "title"))
            yield f"{hook} ({next(filter(None, named), number)})", item


def addresses(stage: Stage) -> Iterator[str]:
    """Yield parts of addresses that would have to be escaped."""
    for where, item in contributions(stage):
        slug = getattr(item, "slug", "")
        if isinstance(slug, str) and slug and not SLUG.fullmatch(slug.rpartition(".")[2]):
            yield f"{where}: {slug!r} is not lower-case words joined by dashes."


def icons(stage: Stage) -> Iterator[str]:
    """Yield icons that are not in the sprite: a neutral shape would stand in their place."""
    for where, item in contributions(stage):
        icon = getattr(item, "icon", "")
        if icon and icon not in ICONS:
            yield f"{where} names the icon {icon!r}, which is not one of admin_core.theme.icons.ICONS."


def job_functions(stage: Stage) -> Iterator[str]:
    """Yield jobs whose function cannot be imported."""
    for job in stage.items("register_jobs"):
        try:
            job.function()
        except (ImportError, AttributeError, TypeError) as error:
            yield f"register_jobs ({job.slug}): {error}."


def templates(stage: Stage) -> Iterator[str]:
    """Yield templates outside the plugin's own folder, and what the policy would block inside."""
    if stage.folder is None:
        return
    root = stage.folder / "templates"
    for path in sorted(root.rglob("*.html")):
        place = path.relative_to(root).as_posix()
        if not place.startswith(f"{stage.plugin}/"):
            yield f"templates/{place} is never found: it belongs into templates/{stage.plugin}/."
        yield from (f"templates/{place} holds: {name}." for name in markup.in_template(path.read_text("utf-8")))


def personal_data(stage: Stage) -> Iterator[str]:
    """Yield what the declarations of the plugin's models get wrong: columns that nobody has classified above all."""
    for spec in stage.models():
        yield from (f"{f.where}: {f.sentence} {f.hint}" for f in checks.of_model(spec) if f.level == "error")

"""Start-up checks (`admin check`): each has an id, says what is wrong, where, and what to do. Pure over specs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from admin_core.api.routes import Offered, complaints
from admin_core.contribution_checks import Rule
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ModelSpec
from admin_core.mail.templates import Templates
from admin_core.plugin_manager import Plugin
from admin_core.plugin_sources import EmptyPlace
from schema.tags import GROUPS


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong."""

    id: str
    level: Literal["error", "warning"]
    where: str
    sentence: str
    hint: str

    def __str__(self) -> str:
        return f"{self.id} {self.level}: {self.where}: {self.sentence} {self.hint}"


NO_TEMPLATES = Templates()


def findings(
    registry: Registry,
    plugins: Iterable[Plugin],
    mail_templates: Templates = NO_TEMPLATES,
    empty_places: Iterable[EmptyPlace] = (),
) -> list[Finding]:
    """Return everything the declarations get wrong, errors first."""
    specs = [registry.spec(key) for key in registry]
    found = [finding for spec in specs for finding in of_model(spec)]
    found += [finding for plugin in plugins for finding in of_plugin(plugin)]
    found += of_mail_templates(mail_templates)
    found += [of_place(place) for place in empty_places]
    return sorted(found, key=lambda f: (f.level, f.id, f.where))


def of_model(spec: ModelSpec) -> Iterator[Finding]:
    """Yield what a model's declaration gets wrong."""
    yield from unclassified_columns(spec)
    yield from unknown_names(spec)
    yield from unknown_inlines(spec)
    if spec.options.group not in GROUPS:
        hint = f"Use one of: {', '.join(GROUPS)}."
        yield Finding("core.W003", "warning", spec.key, f"the group {spec.options.group!r} has no place.", hint)
    if spec.writes != "forms" and not spec.options.written_by:
        hint = "Say in written_by who changes these rows: the page shows it instead of a form."
        yield Finding("core.E004", "error", spec.key, f"it is written by {spec.writes}, not by forms.", hint)


def unclassified_columns(spec: ModelSpec) -> Iterator[Finding]:
    """Yield the columns nobody has classified: they would be masked for Viewers and missed by erasure."""
    for column in spec.columns.values():
        if column.pii == "unclassified":
            hint = "Give it a type of schema.base that says so, or info=ui(pii=…); 'none' is a word."
            yield Finding(
                "core.E001", "error", f"{spec.key}.{column.key}", "its personal data is not classified.", hint
            )


def unknown_names(spec: ModelSpec) -> Iterator[Finding]:
    """Yield columns that the options name but the model doesn't have."""
    options = spec.options
    named = {
        "title": options.title,
        "listed": options.listed,
        "default_sort": (options.default_sort.removeprefix("-"),) if options.default_sort else (),
        "retention": (options.retention.after,) if options.retention else (),
    }
    for option, keys in named.items():
        for key in keys:
            if key not in spec.columns:
                hint = f"Its columns: {', '.join(spec.columns)}."
                yield Finding("core.E002", "error", spec.key, f"{option} names {key!r}, which is no column.", hint)


def unknown_inlines(spec: ModelSpec) -> Iterator[Finding]:
    """Yield inlines that are no to-many relationship of the model."""
    for key in spec.options.inlines:
        relation = spec.children.get(key)
        if relation is None or relation.through is not None:
            hint = f"One-to-many relationships: {', '.join(spec.children) or 'none'}."
            yield Finding("core.E003", "error", spec.key, f"inlines names {key!r}.", hint)


def of_routes(offered: Sequence[Offered]) -> Iterator[Finding]:
    """Yield what is wrong with operations of the API; imports every one of them, as the first call of each would."""
    from admin_core.api.endpoints import endpoint_of  # pydantic: only who checks or serves the API pays for it

    for each, sentence in complaints(offered):
        yield Finding("core.E030", "error", f"{each.plugin}: {each.title}", sentence, "See docs/plugins.md.")
    for each in offered:
        try:
            endpoint_of(each.route)
        except (TypeError, ImportError, AttributeError) as error:
            hint = "Its function's annotations are the shapes of the API: see docs/plugins.md."
            yield Finding("core.E031", "error", f"{each.plugin}: {each.title}", f"it cannot be served: {error}", hint)


BROKEN: dict[Rule, tuple[str, str]] = {
    "type": ("core.E010", "See admin_core/contributions.py for what each hook returns."),
    "twice": ("core.E011", "Rename one of the two; the plugin that was found first keeps the name."),
    "foreign permission": ("core.E012", "A plugin asks for permissions of its own name only."),
    "unknown permission": ("core.E013", "Return it from register_permissions, with a label."),
    "no permission": ("core.E014", "Name the permission that opens it."),
    "template": ("core.E015", "Templates lie in templates/<plugin>/ of the plugin's folder."),
    "job": ("core.E016", "Switching the plugin off keeps only jobs of its name from running."),
    "model": ("core.E017", "Use a model's key, as in its address: /admin/data/<key>/."),
    "limit": ("core.E022", "Amounts of roles are columns of the table roles that end in _limit_cents."),
    "hook": ("core.E018", "A register_* hook returns what it registers and asks nothing of the outside."),
    "table": ("core.E019", "Tables of plugins stand in schema admin under the plugin's name."),
    "migration": ("core.E020", "A branch bears the plugin's name; its revisions are called <plugin>.0001 and so on."),
    "row rule": ("core.E033", "See register_row_rules in docs/plugins.md."),
    "figure": ("core.E023", "See register_figures and register_dashboards in docs/plugins.md."),
    "alert": ("core.E024", "Switching the plugin off keeps only alerts of its name from being watched."),
    "service": ("core.E025", "Others call a service by the plugin's name, so that it is always clear whose it is."),
    "name": ("core.E021", "Folder, manifest and entry point bear one name that nobody else has."),
}
"""What a plugin may break → the check's id and what to do."""


def of_plugin(plugin: Plugin) -> Iterator[Finding]:
    """Yield why a plugin doesn't run."""
    where = f"plugins.{plugin.name}"
    for problem in plugin.problems:
        id_, hint = BROKEN[problem.rule]
        yield Finding(id_, "error", where, f"it is disabled: {problem.sentence}.", hint)
    if plugin.error and not plugin.problems:
        hint = "Mend it, or switch it off by ADMIN_DISABLED_PLUGINS."
        yield Finding("core.W001", "warning", where, f"it is disabled: {plugin.error}.", hint)


def of_mail_templates(templates: Templates) -> Iterator[Finding]:
    """Yield what is wrong with e-mail texts: they would fail when somebody waits for one."""
    for key, sentence in templates.problems():
        hint = "Mend the MailTemplate of this key, then run the check again."
        yield Finding("core.E032", "error", f"mail template {key}", sentence, hint)


def of_place(place: EmptyPlace) -> Finding:
    """Return what is wrong with a path that holds no plugin."""
    hint = "Mend or remove the path; processes start without it."
    return Finding("core.W004", "warning", "ADMIN_PLUGIN_PATHS", f"{place.sentence}.", hint)

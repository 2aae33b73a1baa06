"""Where plugins are found, which of two wins, and what a path that holds none says."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from jinja2 import Environment, TemplateNotFound
from sqlalchemy.orm import DeclarativeBase

from admin_core import plugin_models, plugin_sources
from admin_core.checks import findings
from admin_core.contribution_checks import Offer, Surroundings, problems_of
from admin_core.contributions import Job, Permission, Segment, Service
from admin_core.generator.registry import Registry
from admin_core.plugin_files import NamespaceLoader
from admin_core.plugin_loading import BY_SETTING, load_plugins
from admin_core.plugin_sources import OUTSIDE, forget_modules, name_problem, of_distributions, of_paths
from admin_core.settings import Settings, SettingsError

MANIFEST = 'MANIFEST = Manifest(name="{name}", title="{name}", description="A test.")\n'
HEAD = "from admin_core.contributions import Link, Manifest\nfrom admin_core.hookspecs import hookimpl\n"
LINKS = '\n\n@hookimpl\ndef register_links():\n    return [Link("{label}", "https://hats.example/")]\n'


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    for name in ("hats", "caps"):
        plugin_models.take_back(f"{OUTSIDE}.{name}")
        forget_modules(f"{OUTSIDE}.{name}")


def made(folder: Path, label: str = "Hats", before: str = "") -> Path:
    """Write a plugin with one link."""
    folder.mkdir(parents=True)
    text = before + HEAD + MANIFEST.format(name=folder.name) + LINKS.format(label=label)
    (folder / "plugin.py").write_text(text)
    return folder


def links(paths: list[Path], disabled: tuple[str, ...] = ()) -> list[str]:
    plugins = load_plugins(disabled, [str(path) for path in paths])
    own = [answer for answer in plugins.collect("register_links") if answer.plugin in {"hats", "caps"}]
    return [link.label for answer in own for link in answer.items]


def test_a_path_is_a_plugin_or_a_folder_of_plugins(tmp_path: Path) -> None:
    one = made(tmp_path / "one" / "hats")
    made(tmp_path / "many" / "caps", "Caps")
    assert sorted(links([one, tmp_path / "many"])) == ["Caps", "Hats"]


def test_a_plugin_from_a_path_shadows_nothing_and_finds_its_own_modules(tmp_path: Path) -> None:
    before = f"import json\n\nfrom {OUTSIDE}.hats import queries\n"
    hats = made(tmp_path / "hats", before=before)
    (hats / "queries.py").write_text("BRIM = 1\n")
    (hats / "json.py").write_text("raise RuntimeError\n")
    assert links([hats]) == ["Hats"]
    assert sys.modules["json"].__file__ != str(hats / "json.py")
    assert f"{OUTSIDE}.hats.queries" in sys.modules
    assert "hats" not in sys.modules


def test_the_first_of_two_wins_and_the_second_says_where_the_first_is(tmp_path: Path) -> None:
    first, second = made(tmp_path / "a" / "hats", "First"), made(tmp_path / "b" / "hats", "Second")
    plugins = load_plugins(paths=[str(first), str(second)])
    (refused,) = [each for each in plugins if each.name == "hats" and each.error]
    assert refused.place == str(second)
    assert str(first) in refused.error
    assert [a.items[0].label for a in plugins.collect("register_links") if a.plugin == "hats"] == ["First"]


def test_a_setting_keeps_a_plugin_from_being_imported(tmp_path: Path) -> None:
    hats = made(tmp_path / "hats", before="raise RuntimeError\n")
    (found,) = [each for each in load_plugins(["hats"], [str(hats)]) if each.name == "hats"]
    assert (found.error, found.by_setting) == (BY_SETTING, True)
    assert links([hats], ("hats",)) == []
    assert f"{OUTSIDE}.hats" not in sys.modules


def test_a_path_without_a_plugin_is_a_warning_that_names_it(tmp_path: Path) -> None:
    found, empty = of_paths([str(tmp_path), str(tmp_path / "gone")])
    assert found == []
    registry = Registry.of(type("None", (DeclarativeBase,), {}))
    told = findings(registry, [], empty_places=empty)
    assert [(each.id, each.level) for each in told] == [("core.W004", "warning")] * 2
    assert "holds no plugin" in told[0].sentence
    assert f"{tmp_path}/gone is no folder" in told[1].sentence


def test_paths_are_written_from_the_root() -> None:
    environ = {"DATABASE_URL": "postgresql://db/x", "REDIS_URL": "redis://r", "ADMIN_SECRET_KEY": "k" * 40}
    found = Settings.from_environment({**environ, "ADMIN_PLUGIN_PATHS": "/srv/plugins: /opt/hats:"})
    assert found.plugin_paths == ("/srv/plugins", "/opt/hats")
    with pytest.raises(SettingsError, match="names 'plugins/hats'; folders are written from the root"):
        Settings.from_environment({**environ, "ADMIN_PLUGIN_PATHS": "/srv/plugins:plugins/hats"})


def test_entry_points_are_loaded_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    offered = [
        EntryPoint("zebra", "no_such_module.plugin", plugin_sources.GROUP),
        EntryPoint("finance", "no_such_module", plugin_sources.GROUP),
    ]
    monkeypatch.setattr(plugin_sources, "entry_points", lambda group: offered)
    assert [source.name for source in of_distributions()] == ["finance", "zebra"]
    found = {(each.name, each.origin): each.error for each in load_plugins()}
    assert "No module named 'no_such_module'" in found["zebra", "distribution"]
    assert "was found before, in plugins/finance" in found["finance", "distribution"]
    assert found["finance", "folder"] == ""


@pytest.mark.parametrize(
    ("name", "says"),
    [("hats", ""), ("a", ""), ("hats_2", ""), ("Hats", "no name"), ("2hats", "no name"), ("hats-off", "no name"),
     ("h" * 25, "no name"), ("data", "word of core"), ("plugins", "word of core"), ("components", "word of core")],
)  # fmt: skip
def test_a_name_is_short_plain_and_nobody_elses(name: str, says: str) -> None:
    problem = name_problem(name)
    assert says in problem
    assert bool(says) == bool(problem)


def test_no_core_address_is_free_for_a_plugin() -> None:
    from admin_core.app import create_app

    settings = Settings(database_url="postgresql+psycopg://nowhere/x", redis_url="unix:///x", secret_key="k" * 40)
    app = create_app(settings)
    own = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("page-")]
    words = {
        part for rule in own if len(parts := rule.rule.split("/")) > 2 and (part := parts[2]) and parts[1] == "admin"
    }
    assert words
    assert {word for word in words if not name_problem(word)} == set()


def test_a_plugins_templates_cannot_stand_in_for_others(tmp_path: Path) -> None:
    for name in ("admin/index.html", "hats/page.html"):
        path = tmp_path / name
        path.parent.mkdir()
        path.write_text(name)
    loader = NamespaceLoader("hats", tmp_path)
    assert loader.list_templates() == ["hats/page.html"]
    assert loader.get_source(Environment(autoescape=True), "hats/page.html")[0] == "hats/page.html"
    for name in ("admin/index.html", "hats/../admin/index.html", "hatsoff/page.html"):
        with pytest.raises(TemplateNotFound):
            loader.get_source(Environment(autoescape=True), name)


def offer(plugin: str, **items: tuple[object, ...]) -> Offer:
    return Offer(plugin, items)


HATS = offer("hats", register_segments=(Segment("tickets", "Urgent", ()),))


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (offer("caps", register_segments=(Segment("tickets", "Urgent", ()),)), "is registered already, by hats"),
        (offer("caps", register_segments=(Segment("tickets", "Late", ()),)), ""),
        (offer("caps", register_permissions=(Permission("hats:brims:read", "x"),)), "write caps:noun:verb"),
        (offer("caps", register_permissions=(Permission("caps:brims", "x"),)), "write caps:noun:verb"),
        (offer("caps", register_permissions=(Permission("caps:brims:read", "x"),)), ""),
        (offer("caps", register_jobs=(Job(slug="caps.x", run="a.b"), Job(slug="caps.x", run="a.c"))), "by this plugin"),
        (offer("caps", register_services=(Service("caps.fold-cap", print),)), ""),
        (offer("caps", register_services=(Service("caps.fold", print), Service("caps.fold", repr))), "by this plugin"),
        (offer("caps", register_services=(Service("hats.fold-cap", print),)), "must be called caps.verb-noun"),
        (offer("caps", register_services=(Service("caps.Fold cap", print),)), "must be called caps.verb-noun"),
        (offer("caps", register_services=(Service("caps." + "f" * 76, print),)), "must be called caps.verb-noun"),
        (offer("caps", register_segments=(Segment("unicorns", "Late", ()),)), "'unicorns', which is no model"),
    ],
)  # fmt: skip
def test_the_earlier_plugin_keeps_a_name(second: Offer, says: str) -> None:
    found = problems_of(second, Surroundings(models={"tickets"}, before=(HATS,)))
    assert len(found) == bool(says)
    assert says in "".join(problem.sentence for problem in found)

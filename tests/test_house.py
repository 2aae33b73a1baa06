"""The house rules that no linter knows are kept, and each of them bites."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import house

ROOT = Path(__file__).parents[1]
Rule = Callable[[Path], list[str]]

RULES: tuple[Rule, ...] = (
    house.rooms, house.tables_of_contents, house.hooks, house.check_ids, house.permissions, house.template_namespaces,
    house.commits, house.business_words, house.todos, house.private_places, house.dependencies, house.index_hosts,
    house.settings, house.vague_names, house.sizes, house.uncounted_statements,
)  # fmt: skip
HOOK = '@hookspec\ndef register_hats():\n    """Hats."""\n'
HATTED = {
    "admin_core/hookspecs.py": HOOK,
    "docs/plugins.md": "### register_hats\n",
    "plugins/shop/plugin.py": "@hookimpl\ndef register_hats():\n    return []\n",
    "tests/test_hats.py": "def test_hook_register_hats_works(): ...\n",
}
CHECKED = {"admin_core/checks.py": 'yield "core.E001"\n', "tests/test_checks.py": '("core.E001",)\n'}
PROJECT = '[project]\ndependencies = [\n  "Flask>=3",{}\n]\n'


def plugin(source: str) -> dict[str, str]:
    return {"plugins/shop/plugin.py": source}


BREACHES: tuple[tuple[Rule, dict[str, str], str], ...] = (
    (house.rooms, {**plugin(""), "plugins/shop/service.py": ""}, "shop/service"),
    (house.rooms, {"plugins/shop/rules.py": ""}, "shop: no plugin.py"),
    (house.tables_of_contents, plugin('"""Shop."""\n\nLIMIT = 3\n'), "shop: line 3"),
    (house.tables_of_contents, plugin("def register_hats():\n    return []\n"), "shop: line 1"),
    (house.tables_of_contents, plugin("@hookimpl\ndef register_hats():\n    x = 1\n    return [x]\n"), "shop: line 2"),
    (
        house.tables_of_contents,
        plugin("@hookimpl\ndef register_hats():\n    for h in y:\n        h()\n"),
        "shop: line 2",
    ),
    (house.tables_of_contents, plugin("if True:\n    import shop\n"), "shop: line 1"),
    (
        house.hooks,
        {**HATTED, "admin_core/hookspecs.py": HOOK.replace('"""Hats."""', "...")},
        "register_hats: docstring",
    ),
    (house.hooks, {**HATTED, "docs/plugins.md": "register_hats\n"}, "register_hats: heading"),
    (house.hooks, {**HATTED, "plugins/shop/plugin.py": ""}, "register_hats: user"),
    (house.hooks, {**HATTED, "tests/test_hats.py": "def test_hats(): ...\n"}, "register_hats: test"),
    (house.check_ids, {**CHECKED, "tests/test_checks.py": ""}, "core.E001: test"),
    (house.check_ids, {**CHECKED, "admin_core/checks.py": '"core.E001"; "core.E001"'}, "core.E001: twice"),
    (house.permissions, plugin('PERMISSION = "till:sales:read"\n'), "shop: till:sales:read"),
    (house.template_namespaces, plugin('show("till/sales.html")\n'), "shop: till/sales.html"),
    (house.template_namespaces, {"plugins/shop/templates/sales.html": ""}, "plugins/shop/templates/sales.html"),
    (house.commits, {"plugins/shop/actions.py": "session.commit()\n"}, "plugins/shop/actions.py"),
    (house.business_words, {"admin_core/a.py": "\nREFUNDS = 1\n"}, "admin_core/a.py:2: REFUND"),
    (house.business_words, {"admin_core/templates/a.html": "<p>Yoco"}, "admin_core/templates/a.html:1: Yoco"),
    (house.todos, {"admin_core/a.py": "# TODO: later\n"}, "admin_core/a.py: TODO"),
    (house.todos, {"admin_core/static/a.js": "// FIXME(ada): later\n"}, "admin_core/static/a.js: FIXME"),
    (house.private_places, {"docs/a.md": "see ../shared/design"}, "docs/a.md: ../shared"),
    (house.private_places, {"run": "cd /work/main"}, "run: /work/"),
    (house.dependencies, {"pyproject.toml": PROJECT.format("")}, "Flask>=3"),
    (house.dependencies, {"pyproject.toml": PROJECT.format("  #")}, "Flask>=3"),
    (house.index_hosts, {"uv.lock": 'registry = "https://mirror.example/simple"\n'}, "mirror.example"),
    (house.settings, {"admin_core/settings.py": "class Settings:\n    url: str\n"}, "url"),
    (house.vague_names, {"admin_core/utils.py": ""}, "admin_core/utils.py"),
    (house.sizes, {"schema/a.py": "x = 1\n" * 401}, "schema/a.py"),
    (house.sizes, {"tests/a.py": "def long():\n" + "    x = 1\n" * 50}, "tests/a.py: long"),
    (
        house.uncounted_statements,
        {"plugins/shop/queries.py": "SQL = 'SELECT -- Once in a few seconds'\n"},
        "plugins/shop/queries.py: Once in a few seconds",
    ),
    (
        house.uncounted_statements,
        {"admin_core/a.py": "from admin_core.plugin_switches import EVERY_S, MARK\n"},
        "admin_core/a.py: plugin_switches import EVERY_S, MARK",
    ),
    (
        house.uncounted_statements,
        {"admin_core/a.py": "from admin_core.plugin_switches import (\n    MARK,\n)\n"},
        "admin_core/a.py: plugin_switches import (\n    MARK",
    ),
    (house.uncounted_statements, {"tests/a.py": "x(plugin_switches.MARK)\n"}, "tests/a.py: plugin_switches.MARK"),
)

KEPT: tuple[tuple[Rule, dict[str, str]], ...] = (
    (house.rooms, {**plugin(""), "plugins/shop/rules/prices.py": "", "plugins/shop/templates/shop/a.html": ""}),
    (house.tables_of_contents, plugin('"""Shop."""\nimport a\nMANIFEST = 1\n@hookimpl\ndef f():\n    return []\n')),
    (house.hooks, HATTED),
    (house.check_ids, CHECKED),
    (house.permissions, plugin('permission = "shop:sales:read"; text = "at 10:30: lunch"\n')),
    (house.todos, {"admin_core/a.py": "# TODO(ada): drop when the gateway reports fees\n"}),
    (house.dependencies, {"pyproject.toml": PROJECT.format("  # the web framework")}),
    (house.settings, {"admin_core/settings.py": "class Settings:\n    url: str\n", "plugins/a.py": "settings.url"}),
    (
        house.uncounted_statements,
        {"admin_core/a.py": "from admin_core.plugin_switches import (\n    Switches,\n)\nMARK = csv_text.MARK\n"},
    ),
)


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Rule) -> None:
    assert rule(ROOT) == [], rule.__doc__


@pytest.mark.parametrize(("rule", "files", "breach"), BREACHES, ids=lambda value: getattr(value, "__name__", ""))
def test_each_rule_bites(rule: Rule, files: dict[str, str], breach: str, tmp_path: Path) -> None:
    assert rule(written(tmp_path, files)) == [breach]


@pytest.mark.parametrize(("rule", "files"), KEPT, ids=lambda value: getattr(value, "__name__", ""))
def test_what_keeps_a_rule_is_left_alone(rule: Rule, files: dict[str, str], tmp_path: Path) -> None:
    assert rule(written(tmp_path, files)) == []


def test_no_rule_goes_unprovoked() -> None:
    assert {rule for rule, _, _ in BREACHES} == set(RULES)

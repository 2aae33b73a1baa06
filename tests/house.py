"""The house rules that no linter knows: each takes the root of the repository and returns what breaks it.

They read files only and import nothing, so a broken plugin or table of contents is named, not tripped over.
"""

import ast
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOMS = {
    "README",
    "__init__",
    "plugin",
    "rules",
    "queries",
    "actions",
    "clients",
    "jobs",
    "views",
    "models",
    "templates",
}
FREE_ROOMS = {"demo"}
"""The demo company is no plugin of the business: its rooms are the areas it invents, and it writes by COPY."""
VAGUE = {"utils", "helpers", "misc", "common"}
BUSINESS = re.compile("payment|subscription|candidate|invoice|refund|popia|yoco", re.IGNORECASE)
PERMISSION = re.compile(r"!?[a-z_*]+(:[a-z_*]+){2}")
CHECK_ID = re.compile(r"\b[a-z_]+\.[EW]\d{3}\b")
TODO = re.compile(r"\b(?:FIXME|XXX|TODO(?!\([\w -]+\): ))\b")
PRIVATE_PLACES = re.compile(r"\.\./shared\b|/work/|/tmp/brief")
INDEX_HOSTS = {"pypi.org", "files.pythonhosted.org"}
READ = {".py", ".html", ".css", ".js", ".toml", ".md", ".yaml", ".service", ".mako", ".run"}
NOT_OURS = {"var", "vendor", "__pycache__", "node_modules"}
UNCOUNTED = re.compile(
    r"once in a few seconds|plugin_switches import (\([^)]*|[^(\n]*)\bMARK\b|\bplugin_switches\.MARK\b", re.IGNORECASE
)
"""The mark of statements that no budget counts, written out or taken from where it is defined."""
MAY_GO_UNCOUNTED = {
    "admin_core/plugin_switches.py",
    "admin_core/plugin_states.py",
    "admin_core/networks/allow_list.py",
    "admin_core/conformance/stage.py",
}
"""Those that ask about plugins and allowed networks once in a few seconds, and the counter that knows them."""
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
LISTS_OF_WORDS = {"schema/migrations/versions"}


def texts(
    root: Path, *folders: str, kinds: frozenset[str] | set[str] = frozenset({".py"})
) -> Iterator[tuple[str, str]]:
    """Yield the path below the root and the text of every file of ours of these kinds, these rules left out."""
    for folder in folders or ("",):
        for path in files_below(root / folder):
            if (path.suffix or f".{path.name}") in kinds and "house" not in path.stem:
                yield str(path.relative_to(root)), path.read_text()


def files_below(folder: Path) -> Iterator[Path]:
    for here, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if name not in NOT_OURS and not name.startswith("."))
        yield from (Path(here, name) for name in sorted(files))


def plugins(root: Path) -> list[Path]:
    return [path for path in sorted((root / "plugins").glob("*")) if path.is_dir() and path.name != "__pycache__"]


def rooms(root: Path) -> list[str]:
    """A plugin has a table of contents and only the usual rooms."""
    held = {plugin: {p.stem for p in plugin.iterdir() if p.name != "__pycache__"} for plugin in plugins(root)}
    strange = [
        f"{plugin.name}/{room}" for plugin, stems in held.items() if plugin.name not in FREE_ROOMS
        for room in sorted(stems - ROOMS)
    ]  # fmt: skip
    return strange + [f"{plugin.name}: no plugin.py" for plugin, stems in held.items() if "plugin" not in stems]


def tables_of_contents(root: Path) -> list[str]:
    """A plugin.py holds a docstring, imports, MANIFEST and hooks of one statement; no logic."""
    return [
        f"{path.parent.name}: line {node.lineno}"
        for path in sorted((root / "plugins").glob("*/plugin.py"))
        for place, node in enumerate(ast.parse(path.read_text()).body)
        if not is_entry(node) and not (place == 0 and isinstance(node, ast.Expr))
    ]


def is_entry(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets] == ["MANIFEST"]
    if isinstance(node, ast.FunctionDef):
        decorators = [ast.unparse(decorator).split("(")[0] for decorator in node.decorator_list]
        return decorators == ["hookimpl"] and len(node.body) == 1 and isinstance(node.body[0], ast.Return | ast.Expr)
    return isinstance(node, ast.Import | ast.ImportFrom)


def hooks(root: Path) -> list[str]:
    """Every hook has a docstring, a user, a test that bears its name and a heading for plugin authors."""
    tests = "".join(text for _, text in texts(root, "tests"))
    users = "".join(path.read_text() for path in (root / "plugins").glob("*/plugin.py"))
    headings = (root / "docs/plugins.md").read_text().splitlines()
    missing = []
    for node in ast.parse((root / "admin_core/hookspecs.py").read_text()).body:
        if isinstance(node, ast.FunctionDef):
            missing += [f"{node.name}: docstring"] * (ast.get_docstring(node) is None)
            missing += [f"{node.name}: user"] * (f"def {node.name}(" not in users)
            missing += [f"{node.name}: test"] * (not re.search(rf"def test_hook_{node.name}\w*\(", tests))
            missing += [f"{node.name}: heading"] * (f"### {node.name}" not in headings)
    return missing


def check_ids(root: Path) -> list[str]:
    """Every start-up check has an id of its own, and a test that names it."""
    tests = "".join(text for _, text in texts(root, "tests"))
    found = CHECK_ID.findall((root / "admin_core/checks.py").read_text())
    twice = [f"{check}: twice" for check in sorted(set(found)) if found.count(check) > 1]
    return twice + [f"{check}: test" for check in sorted(set(found)) if f'"{check}"' not in tests]


def permissions(root: Path) -> list[str]:
    """A permission that a plugin asks for begins with the plugin's name."""
    return [
        f"{plugin.name}: {word}"
        for plugin in plugins(root)
        for word in strings(root, plugin)
        if PERMISSION.fullmatch(word) and not word.startswith(f"{plugin.name}:")
    ]


def template_namespaces(root: Path) -> list[str]:
    """A plugin's templates lie in, and are called from, the folder that bears its name."""
    lying = [
        str(path.relative_to(root))
        for plugin in plugins(root)
        for path in sorted(plugin.glob("templates/**/*"))
        if path.is_file() and path.relative_to(plugin).parts[1] != plugin.name
    ]
    named = [
        f"{plugin.name}: {word}"
        for plugin in plugins(root)
        for word in strings(root, plugin)
        if re.fullmatch(r"[\w/-]+\.html", word) and not word.startswith(f"{plugin.name}/")
    ]
    return lying + named


def strings(root: Path, folder: Path) -> Iterator[str]:
    """Yield every string literal of a folder's modules."""
    for _, text in texts(root, str(folder.relative_to(root))):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def commits(root: Path) -> list[str]:
    """Commit has one owner, and it is core."""
    return [path for path, text in texts(root, "plugins") if re.search(r"\bcommit\(", text)]


def uncounted_statements(root: Path) -> list[str]:
    """Nobody hides a statement from the budget of a request."""
    return [
        f"{path}: {found[0]}"
        for path, text in texts(root, "schema", "admin_core", "plugins", "tests")
        if path not in MAY_GO_UNCOUNTED
        for found in UNCOUNTED.finditer(text)
    ]


def business_words(root: Path) -> list[str]:
    """Core knows no word of the business."""
    return [
        f"{path}:{number}: {word}"
        for path, text in texts(root, "admin_core", kinds=READ)
        for number, line in enumerate(text.splitlines(), 1)
        for word in BUSINESS.findall(line)
    ]


def todos(root: Path) -> list[str]:
    """What is left for later carries a name and says when."""
    pairs = texts(root, kinds={".py", ".html", ".css", ".js", ".mako"})
    return [f"{path}: {found}" for path, text in pairs for found in TODO.findall(text)]


def private_places(root: Path) -> list[str]:
    """Nothing speaks of places that exist on one machine only."""
    return [f"{path}: {found}" for path, text in texts(root, kinds=READ) for found in PRIVATE_PLACES.findall(text)]


def dependencies(root: Path) -> list[str]:
    """Every dependency says why it is there."""
    text = (root / "pyproject.toml").read_text()
    data = tomllib.loads(text)
    project = data["project"]
    groups = [*project.get("optional-dependencies", {}).values(), *data.get("dependency-groups", {}).values()]
    wanted = [name for group in [project["dependencies"], *groups] for name in group]
    return [name for name in wanted if not re.search(rf'^ *"{re.escape(name)}", +# \S', text, re.MULTILINE)]


def index_hosts(root: Path) -> list[str]:
    """The lock file names no mirror."""
    return sorted(set(re.findall(r'https?://([^/"]+)', (root / "uv.lock").read_text())) - INDEX_HOSTS)


def settings(root: Path) -> list[str]:
    """Every setting is read somewhere: one that is accepted and does nothing misleads whoever sets it."""
    readers = "".join(text for path, text in texts(root, "admin_core", "plugins") if path != "admin_core/settings.py")
    (declared,) = (
        node
        for node in ast.parse((root / "admin_core/settings.py").read_text()).body
        if isinstance(node, ast.ClassDef) and node.name == "Settings"
    )
    names = [ast.unparse(node.target) for node in declared.body if isinstance(node, ast.AnnAssign)]
    return [name for name in names if not re.search(rf"settings\.{name}\b", readers)]


def vague_names(root: Path) -> list[str]:
    """A module's name says what is in it."""
    return [path for path, _ in texts(root) if Path(path).stem in VAGUE]


def sizes(root: Path) -> list[str]:
    """No file and no function outgrows what one reading holds."""
    found = []
    for path, text in texts(root, "admin_core", "plugins", "schema", "tests"):
        if any(path.startswith(folder) for folder in LISTS_OF_WORDS):
            continue
        found += [path] * (len(text.splitlines()) > LONGEST_FILE)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                found += [f"{path}: {node.name}"] * (length > LONGEST_FUNCTION)
    return found

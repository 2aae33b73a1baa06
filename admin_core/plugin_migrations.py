"""A plugin's own branch of migrations: what its files say about themselves, read without importing them.

A branch bears the plugin's name as its label, its revisions are called ``<plugin>.0001``, and its row in the table of
versions stands beside ours. Core is migrated first and alone: a branch that fails costs its plugin only.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

from schema.migrations import PLUGIN_MARK

LONGEST_REVISION = 32
"""What Alembic's table of versions holds."""


@dataclass(frozen=True)
class Revision:
    """The head of one file of migrations."""

    file: str
    revision: str
    down: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Branch:
    """The migrations of one plugin."""

    plugin: str
    folder: Path
    revisions: tuple[Revision, ...]

    @property
    def newest(self) -> tuple[str, ...]:
        """The revisions that no other comes after; one in a branch that is in order."""
        return tuple(r.revision for r in self.revisions if r.revision not in self.older)

    @property
    def older(self) -> frozenset[str]:
        """The revisions that others come after."""
        return frozenset(down for each in self.revisions for down in each.down)


def branch_of(plugin: str, folder: Path) -> Branch | None:
    """Return the branch of the plugin in this folder, or None when it has no migrations."""
    versions = folder / "migrations" / "versions"
    files = sorted(path for path in versions.glob("*.py") if path.name != "__init__.py")
    return Branch(plugin, versions, tuple(read_head(path) for path in files)) if files else None


def read_head(path: Path) -> Revision:
    """Return what a file says about itself; ValueError when it says too little."""
    words: dict[str, object] = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            try:
                words[target.id] = ast.literal_eval(node.value)
            except ValueError:
                continue
    revision = words.get("revision")
    if not isinstance(revision, str):
        raise ValueError(f"the migration {path.name} names no revision")  # noqa: TRY004 (of what is written, not of an argument)
    return Revision(path.name, revision, names(words.get("down_revision")), names(words.get("branch_labels")))


def names(value: object) -> tuple[str, ...]:
    """Return Alembic's "one, several or none" as a tuple."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(each) for each in value)  # type: ignore[attr-defined]  # a sequence


def branch_problems(branch: Branch) -> list[str]:
    """Return a sentence for everything that would mix the branch up with ours or with another's."""
    own = {each.revision for each in branch.revisions}
    return [
        *(problem for each in branch.revisions if (problem := revision_problem(branch.plugin, each, own))),
        *base_problems(branch),
        *([f"the migrations end in {' and '.join(branch.newest)}; a branch has one end"] * (len(branch.newest) != 1)),
    ]


def revision_problem(plugin: str, each: Revision, own: set[str]) -> str:
    """Return what is wrong with one revision, empty when nothing is."""
    if not each.revision.startswith(f"{plugin}{PLUGIN_MARK}"):
        return f"the migration {each.file} is called {each.revision!r}; its name must begin with {plugin}."
    if len(each.revision) > LONGEST_REVISION:
        return f"the migration {each.revision!r} has a name of more than {LONGEST_REVISION} characters"
    if foreign := sorted(set(each.down) - own):
        return f"the migration {each.revision!r} comes after {foreign[0]!r}, which is not the plugin's; use depends_on"
    return ""


def base_problems(branch: Branch) -> list[str]:
    """Return what is wrong with where the branch begins."""
    bases = [each for each in branch.revisions if not each.down]
    if len(bases) != 1:
        return [f"{len(bases)} migrations have no down_revision; a branch begins once"]
    if bases[0].labels != (branch.plugin,):
        return [f"the migration {bases[0].revision!r} must say branch_labels = {branch.plugin!r}"]
    return []

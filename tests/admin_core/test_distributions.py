"""A plugin as an installed distribution: found by its entry point, working, and gone without a trace."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from admin_core import migrate
from tests.databases import address, drop, unique_name

ROOT = Path(__file__).parents[2]
GREETER = ROOT / "tests/distributions/greeter"
NOTHING: dict[str, Any] = {
    "routes": [], "menu": False, "tile": False, "jobs": [], "page": 404, "sheet": "", "list": 404, "button": False,
    "ready": "ready",
}  # fmt: skip


def install(target: Path, work: Path) -> None:
    """Build and install the example without a network, into a folder of its own."""
    source = shutil.copytree(GREETER, work / "greeter", ignore=shutil.ignore_patterns("__pycache__"))
    words = ["--no-deps", "--no-build-isolation", "--target", str(target), str(source)]
    if importlib.util.find_spec("pip"):
        command = [sys.executable, "-m", "pip", "install", "--no-index", "--disable-pip-version-check", "-q", *words]
    else:
        command = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--offline", "-q", *words]
    subprocess.run(command, check=True, capture_output=True, timeout=100)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    install(target, tmp_path_factory.mktemp("source"))
    return target


@pytest.fixture(scope="module")
def database(server_url: str) -> Iterator[str]:
    name = unique_name("greeter")
    yield address(server_url, name).replace("postgresql+psycopg", "postgresql")
    drop(server_url, name)


def run(database: str, installed: Path | None, *words: str, **environ: str) -> str:
    """Run Python in a process of its own and return what it printed."""
    path = os.pathsep.join([str(ROOT), *([str(installed)] if installed else [])])
    known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    own = {"DATABASE_URL": database, "REDIS_URL": "unix:///nowhere", "ADMIN_SECRET_KEY": "k" * 40, "ADMIN_ENV": "test"}
    done = subprocess.run(
        [sys.executable, *words], env={**known, **own, "PYTHONPATH": path, **environ}, cwd="/", capture_output=True,
        text=True, check=False, timeout=110,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def visit(database: str, installed: Path | None, **environ: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(database, installed, str(ROOT / "tests/distributions/visit.py"), **environ))
    return found


@pytest.mark.timeout(400)
def test_an_installed_plugin_is_found_works_and_leaves_no_trace(database: str, installed: Path) -> None:
    said = run(database, installed, "-m", "admin_core.cli", "db", "init")
    assert said == f"The database is at migration {migrate.head()}, greeter.0001.\n"
    assert "in order" in run(database, installed, "-m", "admin_core.cli", "check")
    found = visit(database, installed)
    assert found.pop("plugin") == [["distribution", "hireinbox-greeter 0.3.0: greeter_plugin.plugin", ""]]
    assert found == {
        "routes": ["/admin/greeter/greetings"], "menu": True, "tile": True, "jobs": ["greeter.forget-old-greetings"],
        "page": 200, "sheet": ".greeting { font-weight: 600; }", "list": 200, "button": True, "ready": "ready",
        "differences": 0, "greeted": True,
    }  # fmt: skip
    disabled = visit(database, installed, ADMIN_DISABLED_PLUGINS="greeter")
    assert disabled.pop("plugin")[0][2] == "switched off by ADMIN_DISABLED_PLUGINS"
    uninstalled = visit(database, None)
    assert uninstalled.pop("plugin") == []
    for gone in (disabled, uninstalled):
        assert gone.pop("differences") > 0  # its table stays, and no model says so
        assert gone == NOTHING

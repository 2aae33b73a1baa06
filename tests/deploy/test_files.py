"""The shipped deployment files: they parse, name only what exists, and agree with the settings of the code."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from admin_core.cli import admin
from admin_core.settings import NAMES, REQUIRED, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
INSTRUCTIONS = {
    "FROM", "RUN", "WORKDIR", "ENV", "COPY", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD",
}  # fmt: skip
PROCESS_VARIABLES = {"ADMIN_BIND", "ADMIN_THREADS", "ADMIN_GRACEFUL_S", "ADMIN_SERVERS", "ADMIN_STATE_DIR"}
"""Read by gunicorn's configuration and by ./run, not by Settings."""


def services() -> dict[str, dict[str, object]]:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, object]] = compose["services"]
    return found


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as configparser documents it
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def dockerfile() -> list[tuple[str, str]]:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    split = [line.split(" ", 1) for line in lines if line and not line.startswith("#")]
    return [(word, rest) for word, rest in split]


def test_compose_runs_every_process_of_the_product() -> None:
    commands = {name: service.get("command") for name, service in services().items()}
    assert set(commands) == {"postgres", "redis", "migrate", "roles", "web", "worker", "relay", "scheduler", "sealer"}
    assert commands["sealer"] == ["admin", "audit", "seal", "--every", "1"]
    for name in ("worker", "relay", "scheduler"):
        assert commands[name] == ["admin", name]
    assert commands["migrate"] == ["admin", "db", "init"]
    assert commands["roles"] == ["admin", "db", "roles"]


def test_compose_lets_nobody_who_serves_own_the_history() -> None:
    users = {
        name: str(service["environment"]["DATABASE_URL"]).split(":")[1].strip("/")  # type: ignore[index]  # parsed YAML
        for name, service in services().items()
        if "DATABASE_URL" in service.get("environment", {})
    }  # type: ignore[operator]
    owners = {"migrate": "admin_owner", "roles": "admin_owner", "sealer": "admin_sealer"}
    assert users == {
        "web": "admin_app",
        "worker": "admin_app",
        "relay": "admin_app",
        "scheduler": "admin_app",
        **owners,
    }


@pytest.mark.parametrize("name", ["migrate", "roles", "web", "worker", "relay", "scheduler", "sealer"])
def test_compose_gives_every_process_settings_that_the_code_accepts(name: str) -> None:
    given = services()[name]["environment"]
    assert isinstance(given, dict)
    values = {key: str(value).replace("${ADMIN_SECRET_KEY:?make one with openssl rand -base64 48}", "k" * 48)
              .replace("${ADMIN_PUBLIC_URL:?the https address people use}", "https://admin.example.test")
              for key, value in given.items()}  # fmt: skip
    assert Settings.from_environment(values).env == "production"


def test_compose_publishes_the_web_to_this_host_only() -> None:
    published = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"]}


def test_the_image_is_built_from_known_instructions_and_files_that_exist() -> None:
    assert {word for word, _ in dockerfile()} <= INSTRUCTIONS
    copied = [rest.split() for word, rest in dockerfile() if word == "COPY" and not rest.startswith("--from")]
    for *sources, _ in copied:
        assert all((ROOT / source).exists() for source in sources)


def test_the_image_runs_without_root() -> None:
    words = [word for word, _ in dockerfile()]
    assert words.index("USER") < words.index("CMD")
    assert dict(dockerfile())["USER"] == "admin"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_command_that_exists_as_a_user_of_its_own(path: Path) -> None:
    service = unit(path)["Service"]
    program, *words = service["ExecStart"].split()
    assert Path(program).name == "gunicorn" or words[0] in admin.commands
    alone = path.stem == "hireinbox-admin-sealer"  # nobody else may read the key that signs the audit log
    assert service["User"] == ("hireinbox-sealer" if alone else "hireinbox-admin")
    assert int(service["TimeoutStopSec"]) > 30  # longer than requests may take to finish


def test_there_is_a_unit_for_every_process() -> None:
    assert {path.stem.removeprefix("hireinbox-admin-").rstrip("@") for path in UNITS} == {
        "web", "worker", "relay", "scheduler", "sealer",
    }  # fmt: skip


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:  # a machine without systemd: the parse above is all there is
        assert all(unit(path).sections() == ["Unit", "Service", "Install"] for path in UNITS)
        return
    copies = []
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/opt/hireinbox-admin/.venv/bin/gunicorn", "/bin/true")
        copy = tmp_path / path.name.replace("@", "@1")
        copy.write_text(text.replace("/opt/hireinbox-admin/.venv/bin/admin", "/bin/true"), encoding="utf-8")
        copies.append(str(copy))
    answer = subprocess.run([analyze, "verify", "--man=no", *copies], capture_output=True, text=True, check=False)
    complaints = [line for line in answer.stderr.splitlines() if "hireinbox-admin" in line]
    assert complaints == []


def test_the_operating_guide_names_every_setting() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    for name in {name for name, _ in NAMES.values()} | PROCESS_VARIABLES:
        assert f"`{name}`" in text, name
    assert set(REQUIRED) <= set(NAMES)

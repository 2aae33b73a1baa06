"""Where servers keep their files: in the project when they can get there, elsewhere when not; secrets stay secret."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin_core.supervisor import places
from admin_core.supervisor.places import (
    Account,
    ServersRefusedError,
    kept_secret,
    server_account,
    state_directory,
    temporary_directory,
)


@pytest.fixture
def project() -> Iterator[Path]:
    path = temporary_directory()
    yield path
    path.chmod(0o711)
    shutil.rmtree(path)


def test_state_lives_in_the_project_when_the_servers_can_get_there(project: Path) -> None:
    state = state_directory(project, server_account())
    assert state == project / "var"
    assert stat.S_IMODE(state.stat().st_mode) == 0o711


def test_state_lives_elsewhere_when_the_project_is_closed(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_SYSTEM_STATE", project / "system")
    monkeypatch.setenv("XDG_STATE_HOME", str(project / "system"))
    closed = project / "closed"
    closed.mkdir(mode=0o700 if os.geteuid() == 0 else 0o000)
    state = state_directory(closed, server_account())
    assert state.is_relative_to(project / "system")
    assert state != state_directory(project, server_account())


def test_a_chosen_place_out_of_reach_is_refused_with_the_remedy(tmp_path: Path) -> None:
    stranger = Account("somebody", 54_321, 54_321, switch=os.geteuid() == 0)
    if os.geteuid() != 0:
        tmp_path.chmod(0o000)
    with pytest.raises((ServersRefusedError, PermissionError)):
        state_directory(tmp_path, stranger, str(tmp_path / "state"))


def test_a_secret_is_made_once_and_readable_only_by_us(tmp_path: Path) -> None:
    secret = kept_secret(tmp_path, "application")
    assert kept_secret(tmp_path, "application") == secret
    assert len(secret) >= 32
    assert stat.S_IMODE((tmp_path / "application.secret").stat().st_mode) == 0o600


def test_directories_of_dead_processes_are_swept_and_those_of_the_living_stay() -> None:
    abandoned = Path("/tmp/admin-servers-4194305-dead")  # above the kernel's highest pid
    abandoned.mkdir()
    first = temporary_directory()
    second = temporary_directory()
    assert not abandoned.exists()
    assert first.exists()
    for path in (first, second):
        path.rmdir()

"""What the command line does when nobody gets in any more."""

import re
import uuid
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from admin_core.access.commands import reset_factor, unlock
from admin_core.database import Database
from admin_core.settings import Settings, SettingsError
from schema.audit import ActorKind, AuditEntry
from tests.admin_core.access.conftest import PASSWORD, SETTINGS, first_step, sign_in, token_in


@pytest.fixture
def settings(database: Database) -> Settings:
    return replace(SETTINGS, database_url=database.engine.url.render_as_string(hide_password=False))


def actions(database: Database, member: uuid.UUID) -> list[tuple[str, ActorKind]]:
    with database.transaction() as session:
        theirs = select(AuditEntry).where(AuditEntry.object_key == str(member), AuditEntry.action.like("staff.%"))
        return [(entry.action, entry.actor_kind) for entry in session.scalars(theirs)]


def test_a_reset_ends_everything_and_prints_the_link_to_a_new_factor(
    app: Flask, database: Database, settings: Settings, staff: dict[str, uuid.UUID]
) -> None:
    client = app.test_client()
    sign_in(client, "Otto")
    said = reset_factor(settings, " otto@hireinbox.example")
    assert client.get("/admin/").status_code == 302
    path = re.search(r"/auth/link/\S+", said)
    assert path
    token = token_in(client.get(path[0]))
    assert client.post(path[0], data={"password": PASSWORD, "csrf_token": token}).location == "/auth/enrol"
    assert ("staff.factor-reset", ActorKind.SYSTEM) in actions(database, staff["Otto"])


def test_an_unlocked_member_may_try_again(
    app: Flask, database: Database, settings: Settings, staff: dict[str, uuid.UUID]
) -> None:
    for number in range(11):
        stranger = app.test_client()
        stranger.environ_base = {**stranger.environ_base, "REMOTE_ADDR": f"198.51.100.{number}"}
        first_step(stranger, "Otto", "not the password")
    client = app.test_client()
    assert first_step(client, "Otto").status_code == 429
    assert "11 failed tries count no longer" in unlock(settings, "Otto@hireinbox.example")
    assert sign_in(client, "Otto").location == "/admin/"
    assert ("staff.unlocked", ActorKind.SYSTEM) in actions(database, staff["Otto"])


def test_an_unlocked_member_may_try_again_where_they_failed(
    app: Flask, database: Database, settings: Settings, staff: dict[str, uuid.UUID]
) -> None:
    client = app.test_client()
    for _ in range(11):
        first_step(client, "Otto", "not the password")
    assert first_step(client, "Otto").status_code == 429
    unlock(settings, "Otto@hireinbox.example")
    assert sign_in(client, "Otto").location == "/admin/"


@pytest.mark.parametrize("command", [reset_factor, unlock])
def test_nobody_is_an_answer(settings: Settings, command: object) -> None:
    assert callable(command)
    with pytest.raises(SettingsError, match="No member of the team has the address"):
        command(settings, "nobody@hireinbox.example")

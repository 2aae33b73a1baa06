"""Channels: where they send to is typed once and never shown; they are tried, switched off and deleted."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.alerts.targets import opened
from admin_core.jobs.perform import Runner
from schema.alerts import AlertChannel, AlertNotification
from tests.journeys.alerting import CHANNELS, actions, emptied, post, row
from tests.journeys.site import Site, own_site


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "channels", as_web=True) as site:
        yield site


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


@pytest.fixture(autouse=True)
def empty(site: Site) -> None:
    emptied(site)


def channel(client: FlaskClient, **fields: str) -> TestResponse:
    usual = {"name": uuid4().hex, "kind": "email", "target": "ops@example.com", "minimum_severity": "info"}
    return post(client, f"{CHANNELS}/new", f"{CHANNELS}/new", **{**usual, **fields})


def test_where_a_channel_sends_to_is_typed_once_and_never_shown(site: Site, owner: FlaskClient) -> None:
    url, began = "https://hooks.example.com/services/T0/secretpath", datetime.now(UTC)
    assert channel(owner, kind="slack", target=url, name="Chat").status_code == 303
    made = row(site, AlertChannel, name="Chat")
    here = f"{CHANNELS}/{made.id}"
    pages = [owner.get(page).text for page in (CHANNELS, f"{here}/edit", "/admin/data/alert_channels/")]
    assert all("secretpath" not in page for page in pages)
    assert "hooks.example.com" in pages[0]
    kept = post(owner, f"{here}/edit", f"{here}/edit", name="Team chat", minimum_severity="critical", target="")
    assert kept.status_code == 303
    changed = row(site, AlertChannel, id=made.id)
    assert (changed.name, changed.is_default, bytes(changed.target)) == ("Team chat", False, bytes(made.target))
    found = opened(site.machine.cipher, changed)
    assert found is not None
    assert found.url == url
    assert actions(site, began) == ["alert_channels.made", "alert_channels.changed"]


def test_a_signed_channel_shows_its_secret_once(site: Site, owner: FlaskClient) -> None:
    answer = channel(owner, kind="webhook", target="https://app.example.com/alerts", name="App")
    found = opened(site.machine.cipher, row(site, AlertChannel, name="App"))
    assert found is not None
    assert answer.status_code == 200
    assert found.secret in answer.text
    assert found.secret not in owner.get(CHANNELS).text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"), ({"name": "x" * 201}, "name"), ({"kind": "pigeon"}, "kind"),
        ({"target": ""}, "target"), ({"target": "nobody"}, "target"), ({"target": "a@example.com\n" * 11}, "target"),
        ({"kind": "slack", "target": "http://10.0.0.1/x"}, "target"), ({"kind": "slack", "target": ""}, "target"),
        ({"kind": "webhook", "target": "https://localhost/x"}, "target"), ({"target": "x" * 2_001}, "target"),
        ({"minimum_severity": "dire"}, "minimum_severity"),
    ],
)  # fmt: skip
def test_a_channel_that_cannot_be_used_is_not_made(
    site: Site, owner: FlaskClient, fields: dict[str, str], field: str
) -> None:
    answer = channel(owner, **fields)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    with site.machine.database.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AlertChannel)) == 0


def test_a_name_is_used_once(owner: FlaskClient) -> None:
    assert channel(owner, name="Ops").status_code == 303
    answer = channel(owner, name="Ops")
    assert (answer.status_code, "Another channel is called so." in answer.text) == (422, True)


def test_a_channel_is_tried_switched_off_and_deleted(site: Site, owner: FlaskClient) -> None:
    channel(owner, name="Ops")
    here, began = f"{CHANNELS}/{row(site, AlertChannel).id}", datetime.now(UTC)
    assert post(owner, f"{here}/test", CHANNELS).status_code == 303
    notification = row(site, AlertNotification)
    assert (notification.kind, notification.incident_id) == ("test", None)
    assert Runner(site.machine).perform(notification.job_id)
    assert "is on its way" in owner.get(CHANNELS).text
    assert post(owner, f"{here}/disable", CHANNELS).status_code == 303
    assert post(owner, f"{here}/test", CHANNELS).status_code == 422
    assert post(owner, f"{here}/enable", CHANNELS).status_code == 303
    assert post(owner, f"{here}/delete", CHANNELS).status_code == 303
    assert post(owner, f"{here}/delete", CHANNELS).status_code == 404
    assert actions(site, began) == [
        "alert_channels.tested", "alert_channels.disabled", "alert_channels.enabled", "alert_channels.deleted",
    ]  # fmt: skip

"""What the tests of the alerts pages do with a site: let something fire, post forms, look at rows."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from admin_core.alerts.declaring import declare
from admin_core.alerts.evaluating import evaluate
from schema.alerts import AlertChannel, AlertIncident, AlertNotification, AlertRule, AlertSilence
from schema.audit import AuditEntry
from schema.content import FaqEntry
from schema.jobs import Job
from schema.views import SavedView
from tests.journeys.site import Site, token_in

ALERTS, CHANNELS = "/admin/alerts", "/admin/alerts/channels"
KETTLE = "core.jobs-given-up"


def emptied(site: Site) -> None:
    """Leave nothing but the rules that are declared."""
    with site.machine.database.transaction() as session:
        for model in (AlertRule, AlertChannel, AlertNotification, AlertSilence, Job, SavedView, FaqEntry):
            session.execute(sa.delete(model))
        declare(session, site.machine.alerts)


def post(client: FlaskClient, url: str, page: str = ALERTS, **fields: Any) -> TestResponse:
    token = token_in(client.get(page).text)
    return client.post(url, data=MultiDict([("csrf_token", token), *fields.items()]))


def fire(site: Site, **values: Any) -> UUID:
    """Let core's alert about given-up jobs fire and return its incident."""
    now = datetime.now(UTC)
    with site.machine.database.transaction() as session:
        job = Job(name="core.expire-files", state="failed", finished_at=now, created_at=now)
        session.add(job)
        rule = session.scalars(sa.select(AlertRule).where(AlertRule.name == KETTLE).with_for_update()).one()
        for name, value in values.items():
            setattr(rule, name, value)
        assert evaluate(site.machine, session, rule, now).effects == ("fire",)
        return session.scalars(sa.select(AlertIncident.id).where(AlertIncident.rule_id == rule.id)).one()


def look(site: Site, name: str = KETTLE) -> tuple[str, ...]:
    with site.machine.database.transaction() as session:
        rule = session.scalars(sa.select(AlertRule).where(AlertRule.name == name).with_for_update()).one()
        return evaluate(site.machine, session, rule, datetime.now(UTC)).effects


def row(site: Site, model: type[Any], **words: Any) -> Any:
    with site.machine.database.sessions() as session:
        return session.scalars(sa.select(model).filter_by(**words)).one()


def rule_url(site: Site, name: str = KETTLE) -> str:
    return f"{ALERTS}/rule/{row(site, AlertRule, name=name).id}"


def actions(site: Site, since: datetime) -> list[str]:
    with site.machine.database.sessions() as session:
        found = sa.select(AuditEntry.action).where(AuditEntry.occurred_at >= since, AuditEntry.action.like("alert%"))
        return list(session.scalars(found.order_by(AuditEntry.occurred_at)))


def form_fields(page: str) -> dict[str, str]:
    """Return what the form of a page holds."""
    inputs = re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page)
    chosen = re.findall(r'<select[^>]*name="(\w+)".*?</select>', page)
    fields = {name: value for name, value in inputs if name not in {"csrf_token", "channels"}}
    for name in chosen:
        select = re.search(rf'<select[^>]*name="{name}".*?</select>', page)
        assert select
        value = re.search(r'value="([^"]*)" selected', select[0]) or re.search(r'value="([^"]*)"', select[0])
        assert value
        fields[name] = value[1]
    return fields


def saved_view(site: Site, client: FlaskClient, args: str = "") -> str:
    made = post(client, f"/admin/data/faq_entries/views{args}", "/admin/data/faq_entries/", name=uuid4().hex)
    found = re.search(r"view=([0-9a-f-]+)", str(made.location))
    assert found
    return found[1]

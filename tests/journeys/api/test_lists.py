"""Lists of ``/api/v1`` page by page, statements counted, and the access log of who read what."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from admin_core.api.keys import NewKey
from schema.access_log import AccessEntry, AccessKeyList, AccessKind
from schema.ai import AiDecision
from schema.api import ApiKey
from schema.audit import AuditEntry
from schema.reviews import DecisionFeedback
from tests.journeys.api.programs import ROOT, Program, api_of, program, refused
from tests.journeys.deed_world import World
from tests.journeys.program_deeds import account
from tests.journeys.site import Site
from tests.journeys.source_deeds import ROWS

# --- Lists


def test_pages_show_each_row_once_newest_first_whatever_comes_meanwhile(
    site: Site, reader: Program, writer: Program
) -> None:
    seen: list[str] = []
    url = "/feedback?limit=7"
    while url:
        page = reader.get(url).json or {}
        seen += [item["id"] for item in page["items"]]
        if len(seen) == 7:
            assert writer.post("/feedback", {"feature": "late", "helpful": True}, uuid4().hex).status_code == 201
        url = (page["next"] or "").removeprefix(ROOT)
    with site.machine.database.sessions() as session:
        order = (DecisionFeedback.given_at.desc(), DecisionFeedback.id.desc())
        expected = session.scalars(
            select(DecisionFeedback.id).where(DecisionFeedback.feature.is_distinct_from("late")).order_by(*order)
        )
        there = list(expected)
    assert [UUID(found) for found in seen] == there
    assert len(seen) == len(set(seen))


def test_filters_travel_with_the_next_page_and_a_cursor_serves_no_other_list(reader: Program, site: Site) -> None:
    page = reader.get("/feedback?limit=1&helpful=true").json or {}
    assert "helpful=true" in page["next"]
    again = reader.get(page["next"].removeprefix(ROOT)).json or {}
    assert [item["helpful"] for item in again["items"]] == [True]
    cursor = page["next"].partition("cursor=")[2]
    middle = len(cursor) // 2
    for query in (
        f"helpful=false&cursor={cursor}",
        f"cursor={cursor}",
        "cursor=x",
        f"helpful=true&cursor={cursor[:middle]}xx{cursor[middle + 2 :]}",
    ):
        refused(reader.get(f"/feedback?{query}"), 400, "cursor-invalid")


@pytest.mark.parametrize("query", ["", "?limit=100", "?helpful=true&limit=3"])
def test_a_list_needs_no_count_no_offset_and_three_statements(site: Site, reader: Program, query: str) -> None:
    reader.get("/key")
    with site.counted() as statements:
        assert reader.get(f"/feedback{query}").status_code == 200
    assert len(statements) <= 3, statements
    assert not any("OFFSET" in statement or "count(" in statement for statement in statements)


def test_operations_stay_within_the_budgets_they_declare(site: Site, decision: AiDecision) -> None:
    routes = [each.route for each in api_of(site).offered]
    caller = program(site, *{route.scope for route in routes if route.scope})
    helpful = {"decision_id": str(decision.id), "helpful": True}
    made = caller.post("/feedback", helpful, uuid4().hex).json or {}
    customer = account(World(site, site.client("Owner")))
    bodies = {
        "/feedback": helpful,
        "/accounts/{external_id}/credits/consume": {"amount": 1, "reference": uuid4().hex},
        "/sign-ins": {"events": []},
        "/promotions/validate": {"code": "NOPE", "customer_id": str(customer.id)},
        "/promotions/redeem": {"code": "NOPE", "customer_id": str(customer.id), "checkout": uuid4().hex},
        "/evaluate/flags": {"context": {"targetingKey": str(customer.external_id)}},
        **{f"/{noun}": {"rows": [{"external_id": uuid4().hex, **row}]} for noun, row in ROWS.items()},
    }
    for route in routes:
        known = {"id": made["id"], "external_id": str(customer.external_id), "key": "nope"}
        with site.counted() as statements:
            body = bodies.get(route.path, {}) if route.method == "POST" else None
            headers = {"Authorization": f"Bearer {caller.key.text}", "Idempotency-Key": uuid4().hex}
            url = route.address.format(**known)
            answer = caller.client.open(url, method=route.method, json=body, headers=headers)
            assert answer.status_code < 500, answer.text  # what it asks for may not be there; that costs no more
        assert len(statements) <= route.statements, (url, statements)


# --- The access log


def entries(site: Site, key: NewKey) -> list[AccessEntry]:
    with site.machine.database.sessions() as session:
        wanted = select(AccessEntry).join(AccessEntry.api_key).where(ApiKey.prefix == key.prefix)
        return list(session.scalars(wanted.order_by(AccessEntry.occurred_at)))


def test_each_reading_of_personal_data_is_written_down(
    site: Site, reader: Program, writer: Program, decision: AiDecision
) -> None:
    made = writer.post(
        "/feedback", {"decision_id": str(decision.id), "helpful": True, "comment": "x"}, uuid4().hex
    ).json
    assert made is not None
    answer = reader.get(f"/feedback/{made['id']}")
    (entry,) = entries(site, reader.key)
    assert entry.kind is AccessKind.API
    assert (entry.model_key, entry.record_key, entry.row_count) == ("decision_feedback", made["id"], 1)
    assert (entry.subject_kind, entry.subject_key) == ("customer", str(decision.customer_id))
    assert entry.field_names == ["comment"]
    assert entry.request_id == answer.headers["X-Request-Id"]
    assert entry.member_id is None
    listed = reader.get("/feedback?limit=20").json or {}
    customers = list(dict.fromkeys(item["customer_id"] for item in listed["items"] if item["customer_id"]))
    entry = entries(site, reader.key)[-1]
    assert (entry.record_key, entry.row_count) == (None, 20)
    with site.machine.database.sessions() as session:
        assert session.scalars(
            select(AccessKeyList.subject_keys).where(AccessKeyList.entry_id == entry.id)
        ).one() == sorted(customers)
        assert session.get_one(AuditEntry, entry.id).action == "data.api"
    assert entries(site, writer.key) == []


def test_an_empty_list_shows_nobodys_data(site: Site, reader: Program) -> None:
    assert (reader.get(f"/feedback?decision_id={uuid4()}").json or {})["items"] == []
    assert entries(site, reader.key) == []

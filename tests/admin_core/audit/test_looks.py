"""The access log against the sealed entries of the same looks: what is taken out, slipped in or changed is named."""

import pytest

from admin_core.audit.recording import KEYS_A_ROW, Look
from schema.access_log import AccessKind
from tests.admin_core.audit.ledger import Ledger

PEOPLE = tuple(f"c-{number}" for number in range(KEYS_A_ROW + 7))
LOOKS = (
    Look(kind=AccessKind.DETAIL, model_key="customers", record_key="7", subject_kind="customer", subject_key="7",
         field_names=("email", "phone"), request_id="r-1", reason="Asked by phone", ip="192.0.2.7"),
    Look(kind=AccessKind.EXPORT, model_key="customers", subject_kind="customer", people=PEOPLE, row_count=len(PEOPLE)),
    Look(kind=AccessKind.SEARCH, model_key="jobs", row_count=0, query_digest="d"),
)  # fmt: skip
CHANGE = "UPDATE admin.access_entries SET"
ONE = "WHERE id = (SELECT id FROM admin.access_entries WHERE kind = 'detail')"
LISTED = "WHERE entry_id = (SELECT id FROM admin.access_entries WHERE kind = 'export')"
SLIPPED = "INSERT INTO admin.access_entries (id, kind, model_key) VALUES (gen_random_uuid(), 'api', 'customers')"
UNDER_ANOTHER = """
INSERT INTO admin.access_entries (id, kind, model_key)
SELECT id, 'api', 'customers' FROM admin.audit_entries WHERE action NOT LIKE 'data.%'"""
OVER = """
WITH old AS (DELETE FROM admin.access_entries WHERE kind = 'search' RETURNING id)
UPDATE admin.audit_entries e SET occurred_at = now() - interval '731 days' FROM old WHERE e.id = old.id"""
DONE = {
    "nothing": ("SELECT 1", "", ""),
    "a look taken out": (f"DELETE FROM admin.access_entries {ONE}", "detail", "no longer holds"),
    "another's look": (f"{CHANGE} subject_key = '8' {ONE}", "detail", "does not say"),
    "nobody's look": (f"{CHANGE} subject_kind = 'person' {ONE}", "detail", "does not say"),
    "fewer fields": (f"{CHANGE} field_names = '{{email}}' {ONE}", "detail", "does not say"),
    "another record": (f"{CHANGE} record_key = '9' {ONE}", "detail", "not the one"),
    "another kind": (f"{CHANGE} kind = 'list' {ONE}", "list", "does not say"),
    "a person less": (
        f"UPDATE admin.access_key_lists SET subject_keys = array_remove(subject_keys, 'c-3') {LISTED}",
        "export",
        "not the one",
    ),
    "a list taken out": (f"DELETE FROM admin.access_key_lists {LISTED} AND position = 1", "export", "not the one"),
    "slipped in": (SLIPPED, "api", "slipped in"),
    "under an entry that is no look": (UNDER_ANOTHER, "api", "slipped in"),
    "another day": (f"{CHANGE} occurred_at = occurred_at - interval '2 hours' {ONE}", "detail", "does not say"),
    "no day": (f"{CHANGE} occurred_at = 'infinity' {ONE}", "detail", "does not say"),
    "over by its retention": (OVER, "", ""),
}


@pytest.mark.parametrize("what", DONE)
def test_every_change_of_the_access_log_is_named(ledger: Ledger, what: str) -> None:
    ids = {look.kind.value: ledger.log.record_read(ledger.database, look) for look in LOOKS}
    ledger.act()
    ledger.sealer.seal()
    sql, kind, says = DONE[what]
    with ledger.tampering() as run:
        run(sql)
        ids |= {row.kind: row.id for row in run("SELECT id, kind FROM admin.access_entries")}
    found = {(f.entry_id, f.sentence) for f in ledger.verify().findings if f.kind == "look"}
    assert {entry for entry, _ in found} == ({ids[kind]} if kind else set())
    assert all(says in sentence for _, sentence in found)

"""Compares the access log, which answers who looked at whose data, with the audit log's entries of the same looks.

Both are written under one id; PostgreSQL compares them. What an entry does not repeat (reasons, files, searches) is
not compared, nor is a look whose own retention is over. Their moments are an hour apart at most: one is that of the
process, the other that of its transaction.
"""

from collections.abc import Iterator
from typing import Any

from admin_core.audit.findings import Finding
from schema.access_log import AccessEntry
from schema.tags import options_of

RETENTION = options_of(AccessEntry).retention
KEPT_DAYS = RETENTION.days if RETENTION else 0
GONE = "Entry {} tells of a look that the access log no longer holds: it was taken out."
SLIPPED = "Look {} stands in the access log, and no entry tells of it: it was slipped in."
CHANGED = "Look {} does not say in the access log what its entry says."
LIST_CHANGED = "The list of people of look {} is not the one that was shown."

# The spelling of ``recording.keys_digest``: a canonical JSON list; no key holds a character that needs an escape.
LISTS = """
SELECT l.entry_id, 'keys:' || encode(sha256(convert_to('["' || string_agg(
  array_to_string(l.subject_keys, '","'), '","' ORDER BY l.position) || '"]', 'UTF8')), 'hex') AS digest
FROM admin.access_key_lists l GROUP BY l.entry_id"""
ENTRIES = """
SELECT e.id, e.occurred_at, e.action, e.actor_id, e.actor_key, e.object_type, e.object_key, e.subject_kind,
  e.subject_key, e.row_count, e.field_names, e.request_id
FROM admin.audit_entries e WHERE e.category IN ('read', 'export') AND e.action LIKE 'data.%%'"""
DIFFERS = """(e.action, e.actor_id, e.actor_key, e.object_type, e.subject_key, e.row_count, e.field_names, e.request_id)
  IS DISTINCT FROM ('data.' || a.kind, a.member_id, a.api_key_id::text, a.model_key, a.subject_key, a.row_count,
  a.field_names, a.request_id) OR (a.subject_key IS NOT NULL AND e.subject_kind IS DISTINCT FROM a.subject_kind)
  OR a.occurred_at NOT BETWEEN e.occurred_at - interval '1 hour' AND e.occurred_at + interval '1 hour'"""
SQL = f"""
SELECT coalesce(e.id, a.id) AS id, CASE
  WHEN a.id IS NULL THEN $${GONE}$$
  WHEN e.id IS NULL THEN $${SLIPPED}$$
  WHEN {DIFFERS} THEN $${CHANGED}$$
  ELSE $${LIST_CHANGED}$$ END AS sentence
FROM ({ENTRIES}) AS e FULL JOIN admin.access_entries a ON a.id = e.id LEFT JOIN ({LISTS}) AS k ON k.entry_id = a.id
WHERE (a.id IS NULL AND e.occurred_at > now() - make_interval(days => {KEPT_DAYS}))
  OR (e.id IS NULL AND (NOT EXISTS (SELECT FROM admin.audit_leaves l WHERE l.entry_id = a.id)
    OR EXISTS (SELECT FROM admin.audit_entries x WHERE x.id = a.id)))
  OR (a.id = e.id AND ({DIFFERS} OR coalesce(a.record_key, k.digest) IS DISTINCT FROM e.object_key))
ORDER BY 1"""


def found(rows: Iterator[Any]) -> Iterator[Finding]:
    """Yield a finding for each row of the statement."""
    for row in rows:
        yield Finding("look", row.sentence.format(row.id), entry_id=row.id)

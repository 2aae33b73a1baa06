"""SQL by which PostgreSQL compares an entry's columns with its text, without parsing it: a text that is no JSON must
not stop a verification. Python recomputes what is hashed; this covers the copies, which no hash covers.
"""

from admin_core.audit.entries import COPIES, SHOWN, VALUES_KEY

COPY_WRONG, VALUES_WRONG, SHOWN_WRONG, REDACTED, UNRECORDED = 1, 2, 4, 8, 16
"""Bits of the column ``problems``."""

SPELLED = {
    "occurred_at": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
    "values_commitment": "encode({}, 'hex')",
}
AS_THEY_ARE = {
    "field_names": "CASE WHEN cardinality(e.field_names) > 0 THEN array_to_json(e.field_names)::text END",
    "row_count": "e.row_count::text",
    "schema_version": "e.schema_version::text",
}
"""Columns whose JSON is not a string."""


UNESCAPED = frozenset(
    {
        "actor_id",
        "change_set_id",
        "id",
        "impersonation_id",
        "occurred_at",
        "session_id",
        "ticket_id",
        "values_commitment",
    }
)
"""Columns in whose values nothing can need an escape: plain quotes cost less than ``to_json``."""


def json_of(column: str) -> str:
    """Return the SQL of a column's JSON as the text spells it; NULL when it is left out."""
    if column in AS_THEY_ARE:
        return AS_THEY_ARE[column]
    if column in UNESCAPED:
        return "'\"' || " + SPELLED.get(column, "({})::text").format(f"e.{column}") + " || '\"'"
    spelled = SPELLED.get(column, "({})::text").format(f"e.{column}")
    return f"to_json({spelled})::text"


def known_moment(column: str) -> str:
    """Return the SQL of a moment that Python can hold: ``infinity`` must not stop a verification either."""
    return f"CASE WHEN {column} BETWEEN '0002-01-01' AND '9999-01-01' THEN {column} ELSE 'epoch' END"


WORDS = ", ".join(f"'\"{word}\":' || {json_of(column)}" for word, column in sorted(COPIES.items()))
PREFIX = f"'{{' || concat_ws(',', {WORDS})"
"""The beginning of the text, made again from the columns."""

REST = rf"""^(,"{SHOWN}":"[0-9a-f]+")?(,"{VALUES_KEY}":"[A-Za-z0-9._:/+-]+")?\}}$"""
SHOWN_HASH = (
    "encode(sha256(e.values_salt || CASE WHEN e.ip IS NULL THEN '\\x00'::bytea ELSE inet_send(e.ip) END"
    " || convert_to(coalesce(e.reason, ''), 'UTF8')), 'hex')"
)
LACKS_VALUES = "(e.values_commitment IS NOT NULL AND e.sealed_values IS NULL)"
LACKS_SHOWN = f"""(strpos(e.body, '"{SHOWN}":"') > 0 AND e.ip IS NULL AND e.reason IS NULL)"""
RECORDED = """EXISTS (SELECT FROM admin.audit_entries r WHERE r.action = 'audit.redacted' AND (
  (r.object_type = 'audit_entries' AND r.object_key = e.id::text)
  OR (r.subject_kind = e.subject_kind AND r.subject_key = e.subject_key AND r.occurred_at >= e.occurred_at)))"""

PROBLEMS = f"""
CASE WHEN starts_with(e.body, made.prefix) AND cut.rest ~ '{REST}'
     THEN 0 ELSE {COPY_WRONG} END
+ CASE WHEN e.sealed_values IS NOT NULL
            AND sha256(e.values_salt || e.sealed_values) IS DISTINCT FROM e.values_commitment
       THEN {VALUES_WRONG} ELSE 0 END
+ CASE WHEN (e.ip IS NOT NULL OR e.reason IS NOT NULL) AND NOT coalesce(
            starts_with(cut.rest, ',"{SHOWN}":"' || {SHOWN_HASH} || '"'), false)
       THEN {SHOWN_WRONG} ELSE 0 END
+ CASE WHEN {LACKS_VALUES} OR {LACKS_SHOWN} THEN CASE WHEN {RECORDED} THEN {REDACTED} ELSE {UNRECORDED} END ELSE 0 END
"""
COLUMNS = f"e.id, e.body, e.mac, e.mac_key_id, {PROBLEMS} AS problems"
# OFFSET 0: without it the planner would put the whole expression wherever its result is used, and compute it each time.
MADE = f"""LEFT JOIN LATERAL (SELECT {PREFIX} AS prefix OFFSET 0) AS made ON true
LEFT JOIN LATERAL (SELECT substr(e.body, length(made.prefix) + 1) AS rest OFFSET 0) AS cut ON true"""

SEALED = f"""
SELECT l.position, l.entry_id, l.leaf_hash, l.checkpoint_number, {COLUMNS}
FROM admin.audit_leaves l LEFT JOIN admin.audit_entries e ON e.id = l.entry_id {MADE}
WHERE l.log = %(log)s AND l.position >= %(start)s ORDER BY l.position"""
WAITING = f"""
SELECT {COLUMNS}, {known_moment("e.occurred_at")} AS since
FROM admin.audit_pending p JOIN admin.audit_entries e ON e.id = p.entry_id {MADE}
ORDER BY p.entry_id"""
UNQUEUED = """
SELECT e.id FROM admin.audit_entries e
WHERE NOT EXISTS (SELECT FROM admin.audit_leaves l WHERE l.entry_id = e.id)
  AND NOT EXISTS (SELECT FROM admin.audit_pending p WHERE p.entry_id = e.id) ORDER BY e.id"""

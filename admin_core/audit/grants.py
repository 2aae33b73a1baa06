"""What each database role needs of the audit tables, as statements with ``{app}``, ``{sealer}`` and ``{readonly}``.

Nobody is granted UPDATE, DELETE or TRUNCATE of entries, leaves or checkpoints; the triggers refuse them to owners too.
"""

from collections.abc import Mapping

SEALED_TABLES = "admin.audit_leaves, admin.audit_checkpoints, admin.audit_prunes, admin.audit_keys"
BOOKKEEPING = "admin.audit_pending, admin.audit_tiles, admin.audit_anchors"
IN_CLEAR = (
    "id, occurred_at, actor_kind, actor_id, actor_key, category, action, object_type, object_key, subject_kind,"
    " subject_key, field_names, row_count, outcome, ticket_id, session_id, impersonation_id, change_set_id, request_id,"
    " schema_version, body, values_commitment, mac, mac_key_id"
)
"""Columns of an entry without secrets, reasons and addresses."""
LOOKED = (
    "id, occurred_at, member_id, api_key_id, kind, model_key, record_key, subject_kind, subject_key, field_names,"
    " row_count, ticket_id, artifact_id, request_id"
)
"""The same of the access log."""

AUDIT_GRANTS: tuple[str, ...] = (
    "GRANT SELECT, INSERT ON admin.audit_entries, admin.audit_pending TO {app}",
    "GRANT SELECT, INSERT ON admin.access_entries, admin.access_key_lists TO {app}",
    "GRANT SELECT, INSERT ON admin.subject_keys TO {app}",
    f"GRANT SELECT ON {SEALED_TABLES}, admin.audit_tiles, admin.audit_anchors TO {{app}}",
    "GRANT INSERT ON admin.audit_anchors TO {app}",  # anchors by mail are sent by workers
    "GRANT UPDATE (state, attempts, receipt, done_at) ON admin.audit_anchors TO {app}",
    "GRANT UPDATE (wrapped_key, wrapping_key_id, destroyed_at) ON admin.subject_keys TO {app}",
    "GRANT EXECUTE ON FUNCTION admin.audit_redact(text, text, integer), admin.audit_redact_entry(uuid) TO {app}",
    f"GRANT SELECT, INSERT ON {SEALED_TABLES} TO {{sealer}}",
    "GRANT SELECT (id, occurred_at, body, mac) ON admin.audit_entries TO {sealer}",
    "GRANT SELECT, UPDATE, DELETE ON admin.audit_pending TO {sealer}",  # FOR UPDATE needs UPDATE; a trigger refuses it
    "GRANT SELECT, INSERT, UPDATE ON admin.audit_tiles TO {sealer}",
    "GRANT SELECT, INSERT ON admin.audit_anchors TO {sealer}",
    "GRANT UPDATE (state, attempts, receipt, done_at) ON admin.audit_anchors TO {sealer}",
    "GRANT UPDATE (valid_until) ON admin.audit_keys TO {sealer}",
    "GRANT EXECUTE ON FUNCTION admin.audit_drop_pruned(text, bigint, bigint) TO {sealer}",
    f"GRANT SELECT ON {SEALED_TABLES}, {BOOKKEEPING} TO {{readonly}}",
    f"GRANT SELECT ({IN_CLEAR}) ON admin.audit_entries TO {{readonly}}",
    f"GRANT SELECT ({LOOKED}) ON admin.access_entries TO {{readonly}}",
    "GRANT SELECT ON admin.access_key_lists TO {readonly}",
)
"""In this order; apply with the role names filled in, after the migrations."""


def grants(roles: Mapping[str, str]) -> list[str]:
    """Return the statements for the given ones of the three roles; names are quoted as identifiers."""
    quoted = {part: '"' + name.replace('"', '""') + '"' for part, name in roles.items()}
    return [line.format(**quoted) for line in AUDIT_GRANTS if any(f"{{{part}}}" in line for part in quoted)]

"""The tables of the log for statements on a connection: no ORM events, no row rules stand between us and them."""

from typing import cast

from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase

from schema.access_log import AccessEntry, AccessKeyList
from schema.audit import (
    AuditAnchor,
    AuditCheckpoint,
    AuditEntry,
    AuditKey,
    AuditLeaf,
    AuditPending,
    AuditPrune,
    AuditTile,
)
from schema.changes import SubjectKey


def table_of(model: type[DeclarativeBase]) -> Table:
    """Return the table of a model."""
    return cast("Table", model.__table__)


ENTRIES = table_of(AuditEntry)
PENDING = table_of(AuditPending)
LEAVES = table_of(AuditLeaf)
TILES = table_of(AuditTile)
CHECKPOINTS = table_of(AuditCheckpoint)
ANCHORS = table_of(AuditAnchor)
PRUNES = table_of(AuditPrune)
KEYS = table_of(AuditKey)
LOOKS = table_of(AccessEntry)
KEY_LISTS = table_of(AccessKeyList)
SUBJECT_KEYS = table_of(SubjectKey)

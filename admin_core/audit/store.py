"""Reads and writes of the sealed side of the log: checkpoints, leaves, tiles and public keys."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache, partial

from sqlalchemy import ColumnElement, Connection, DateTime, Row, func, insert, literal_column, select
from sqlalchemy.dialects.postgresql import insert as upsert

from admin_core.audit.comparing import known_moment
from admin_core.audit.signing import PublicKey, Statement
from admin_core.audit.tables import CHECKPOINTS, KEYS, TILES
from admin_core.audit.tiles import Edge, Place, edge_of, edge_places, node_reader
from admin_core.audit.tree import Node

FIRST_LOG = "log-1"
TICK = timedelta(microseconds=1)
"""The least by which a new log is younger than the one before: the newest checkpoint is found by its time."""
SEALED_AT: ColumnElement[datetime] = literal_column(known_moment("sealed_at"), DateTime(timezone=True))
COLUMNS = (*(c for c in CHECKPOINTS.c if c.name != "sealed_at"), SEALED_AT.label("sealed_at"))
"""Of a checkpoint, as it can be read whatever somebody has written there."""
Checkpoint = tuple[Statement, str, bytes]
"""What was signed, by which key, and the signature."""


def last_checkpoint(connection: Connection) -> Checkpoint | None:
    """Return the newest checkpoint of the current log, or None before the first seal."""
    newest = select(*COLUMNS).order_by(CHECKPOINTS.c.sealed_at.desc(), CHECKPOINTS.c.number.desc()).limit(1)
    found = connection.execute(newest).one_or_none()
    return read_checkpoint(found) if found is not None else None


def checkpoint_numbered(connection: Connection, log: str, number: int) -> Checkpoint | None:
    """Return one checkpoint."""
    wanted = select(*COLUMNS).where(CHECKPOINTS.c.log == log, CHECKPOINTS.c.number == number)
    found = connection.execute(wanted).one_or_none()
    return read_checkpoint(found) if found is not None else None


def read_checkpoint(row: Row) -> Checkpoint:  # type: ignore[type-arg]  # a row of the table, whatever is in it
    """Return a row of the table as a statement with its signature."""
    statement = Statement(row.log, row.number, row.size, row.root, row.previous_root, row.sealed_at)
    return statement, row.key_id, row.signature


def write_checkpoint(connection: Connection, statement: Statement, key_id: str, signature: bytes) -> None:
    """Store a signed checkpoint."""
    columns = {name: getattr(statement, name) for name in ("log", "number", "size", "root", "previous_root")}
    row = columns | {"sealed_at": statement.sealed_at, "key_id": key_id, "signature": signature}
    connection.execute(insert(CHECKPOINTS).values(row))


def read_edge(connection: Connection, log: str, size: int) -> Edge:
    """Return the right edge of the tree when it had this size."""
    return edge_of(size, {place: read_tile(connection, log, place) for place in edge_places(size)})


def read_tile(connection: Connection, log: str, place: Place) -> bytes:
    """Return the hashes of a tile; empty when it is missing."""
    level, number = place
    wanted = select(TILES.c.hashes).where(TILES.c.log == log, TILES.c.level == level, TILES.c.position == number)
    return connection.scalar(wanted) or b""


def write_tiles(connection: Connection, log: str, tiles: Mapping[Place, bytes]) -> None:
    """Store tiles, unfinished ones in place of what was there."""
    rows = [{"log": log, "level": level, "position": at, "hashes": h} for (level, at), h in sorted(tiles.items())]
    if not rows:
        return
    new = upsert(TILES)
    keys = [TILES.c.log, TILES.c.level, TILES.c.position]
    connection.execute(new.on_conflict_do_update(index_elements=keys, set_={"hashes": new.excluded.hashes}), rows)


def tree_of(connection: Connection, log: str) -> Node:
    """Return the function that finds hashes of the tree, keeping the tiles it has read lately."""
    return node_reader(lru_cache(maxsize=128)(partial(read_tile, connection, log)))


def write_leaves(connection: Connection, rows: Iterable[tuple[str, int, object, bytes, int]]) -> None:
    """Store leaves by COPY: thousands at a time."""
    cursor = connection.connection.cursor()
    with cursor.copy(
        "COPY admin.audit_leaves (log, position, entry_id, leaf_hash, checkpoint_number) FROM STDIN"
    ) as copy:
        for row in rows:
            copy.write_row(row)


def public_keys(connection: Connection) -> dict[str, PublicKey]:
    """Return every public key by name, the oldest first; one that is malformed is left out."""
    found = {}
    for row in connection.execute(select(KEYS.c.key_id, KEYS.c.public_key).order_by(KEYS.c.valid_from)):
        try:
            found[row.key_id] = PublicKey.parse(row.public_key)
        except ValueError:
            continue
    return found


def database_now(connection: Connection) -> datetime:
    """Return the database's time: the clock of checkpoints."""
    found: datetime = connection.scalars(select(func.clock_timestamp())).one()
    return found

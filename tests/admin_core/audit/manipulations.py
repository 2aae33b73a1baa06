"""Random manipulations of a log by somebody with every right in the database, and what a verification must name.

Each is made in a transaction that is rolled back, so that thousands can follow one another on one log.
"""

import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from admin_core.audit.verifying import verify_on
from tests.admin_core.audit.ledger import Ledger


@dataclass(frozen=True)
class Expected:
    """What must be among the findings: an entry by its key, or a place by its position, or a log's checkpoint."""

    what: str
    entry: uuid.UUID | None = None
    position: int | None = None


@dataclass(frozen=True)
class Drilled:
    """What a drill did: how often each manipulation, and to which kinds of entries."""

    made: dict[str, int]
    victims: dict[str, int]


@dataclass
class Vandal:
    """Somebody at a psql prompt, with a random mind."""

    connection: Connection
    chance: random.Random
    sealed: list[uuid.UUID]
    waiting: list[uuid.UUID]
    kinds: dict[str, list[int]]
    """Places of the sealed entries by what they tell of."""
    chosen: Counter[str]
    """How often each kind was the victim."""

    def run(self, sql: str, **values: Any) -> Any:
        return self.connection.execute(text(sql), values)

    def victim(self) -> tuple[int, uuid.UUID]:
        least = min(self.chosen[kind] for kind in self.kinds)  # the rare kinds as often as the many
        kind = self.chance.choice([kind for kind in sorted(self.kinds) if self.chosen[kind] == least])
        self.chosen[kind] += 1
        position = self.chance.choice(self.kinds[kind])
        return position, self.sealed[position]

    def flip(self, column: str, table: str, key: str, value: object) -> int:
        """Flip one bit of a bytes column of one row; return how many rows had it."""
        sql = f"UPDATE admin.{table} SET {column} = set_bit({column}, 8 * (:byte % octet_length({column})) + :bit,"
        sql += f" 1 - get_bit({column}, 8 * (:byte % octet_length({column})) + :bit)) WHERE {key} = :value"
        sql += f" AND {column} IS NOT NULL"
        byte, bit = self.chance.randrange(32), self.chance.randrange(8)
        return int(self.run(sql, byte=byte, bit=bit, value=value).rowcount)

    def change_text(self) -> Expected:
        _, entry = self.victim()
        body = self.run("SELECT body FROM admin.audit_entries WHERE id = :id", id=entry).scalar_one()
        at = self.chance.randrange(len(body))
        other = self.chance.choice([c for c in "abcxyz0189 {}\"'," if c != body[at]])
        sql = "UPDATE admin.audit_entries SET body = :body WHERE id = :id"
        self.run(sql, body=body[:at] + other + body[at + 1 :], id=entry)
        return Expected("a letter of the text", entry)

    def change_column(self) -> Expected:
        _, entry = self.victim()
        change = self.chance.choice(COLUMNS)
        self.run(f"UPDATE admin.audit_entries SET {change} WHERE id = :id", id=entry)
        return Expected(f"a column: {change}", entry)

    def change_bytes(self) -> Expected:
        table, column, key = self.chance.choice(BYTES)
        while True:
            _, entry = self.victim()
            if self.flip(column, table, key, entry):
                return Expected(f"a bit of {column}", entry)

    def change_shown(self) -> Expected:
        column, value = self.chance.choice((("reason", "nobody asked"), ("ip", "198.51.100.1")))
        while True:
            _, entry = self.victim()
            sql = f"UPDATE admin.audit_entries SET {column} = :value WHERE id = :id AND {column} IS NOT NULL"
            if self.run(sql, id=entry, value=value).rowcount:
                return Expected(column, entry)

    def strip_values(self) -> Expected:
        while True:
            _, entry = self.victim()
            sql = "UPDATE admin.audit_entries SET sealed_values = NULL, values_salt = NULL, reason = NULL, ip = NULL"
            if self.run(f"{sql} WHERE id = :id AND values_salt IS NOT NULL", id=entry).rowcount:
                return Expected("values gone without a word", entry)

    def delete_row(self) -> Expected:
        _, entry = self.victim()
        self.run("DELETE FROM admin.audit_entries WHERE id = :id", id=entry)
        return Expected("a row deleted", entry)

    def delete_row_and_leaf(self) -> Expected:
        position, entry = self.victim()
        self.run("DELETE FROM admin.audit_entries WHERE id = :id", id=entry)
        self.run("DELETE FROM admin.audit_leaves WHERE entry_id = :id", id=entry)
        return Expected("a row deleted with its leaf", position=position)

    def swap(self) -> Expected:
        first, second = sorted(self.chance.sample(range(len(self.sealed)), 2))
        for place, target in ((first, -1), (second, first), (-1, second)):
            self.run("UPDATE admin.audit_leaves SET position = :t WHERE position = :p", p=place, t=target)
        return Expected("two leaves swapped", self.sealed[second], first)

    def renumber(self) -> Expected:
        position, far = self.chance.randrange(len(self.sealed) - 1), 10**9
        self.run("DELETE FROM admin.audit_leaves WHERE position = :p", p=position)
        self.run("UPDATE admin.audit_leaves SET position = position + :far WHERE position > :p", p=position, far=far)
        self.run("UPDATE admin.audit_leaves SET position = position - :far - 1 WHERE position >= :far", far=far)
        return Expected("renumbered over a deletion", self.sealed[position + 1], position)

    def forge(self) -> Expected:
        _, like = self.victim()
        made = self.run(
            "INSERT INTO admin.audit_entries SELECT (jsonb_populate_record(e, jsonb_build_object('id', n.id, 'body',"
            " replace(e.body, e.id::text, n.id::text)))).* FROM admin.audit_entries e, (SELECT gen_random_uuid() id) n"
            " WHERE e.id = :id RETURNING id",
            id=like,
        ).scalar_one()
        if self.chance.random() < 0.5:
            self.run("INSERT INTO admin.audit_pending VALUES (:id)", id=made)
        return Expected("a forged row", made)

    def change_unsealed(self) -> Expected:
        entry = self.chance.choice(self.waiting)
        change = self.chance.choice((*COLUMNS, "body = body || ' '", "mac = sha256(mac)"))
        self.run(f"UPDATE admin.audit_entries SET {change} WHERE id = :id", id=entry)
        return Expected("an unsealed row", entry)

    def unqueue(self) -> Expected:
        entry = self.chance.choice(self.waiting)
        self.run("DELETE FROM admin.audit_pending WHERE entry_id = :id", id=entry)
        return Expected("out of the queue", entry)

    def change_checkpoint(self) -> Expected:
        number = self.run("SELECT number FROM admin.audit_checkpoints ORDER BY random() LIMIT 1").scalar_one()
        column = self.chance.choice(("root", "signature", "previous_root"))
        if not self.flip(column, "audit_checkpoints", "number", number):
            self.run("DELETE FROM admin.audit_checkpoints WHERE number = :n", n=number)
        return Expected("a checkpoint")

    def cut_tail(self) -> Expected:
        last = self.run("SELECT max(number) FROM admin.audit_checkpoints").scalar_one()
        kept = self.chance.randrange(1, last)
        size = self.run("SELECT size FROM admin.audit_checkpoints WHERE number = :n", n=kept).scalar_one()
        leaves = "DELETE FROM admin.audit_leaves WHERE position >= :s RETURNING entry_id"
        gone = f"WITH gone AS ({leaves}) DELETE FROM admin.audit_entries WHERE id IN (SELECT entry_id FROM gone)"
        self.run(gone, s=size)
        self.run("DELETE FROM admin.audit_checkpoints WHERE number > :n", n=kept)
        self.run("DELETE FROM admin.audit_tiles")
        return Expected("the tail", position=size)


COLUMNS = (
    "action = action || 'x'", "actor_key = 'x'", "occurred_at = occurred_at + interval '1 s'", "object_key = 'other'",
    "row_count = row_count + 1", "outcome = CASE outcome WHEN 'failed' THEN 'ok' ELSE 'failed' END",
    "request_id = concat(request_id, 'x')", "field_names = field_names || '{more}'",
    "subject_kind = 'somebody', subject_key = 'else'", "session_id = gen_random_uuid()", "category = 'billing'",
)  # fmt: skip
BYTES = (
    ("audit_entries", "mac", "id"), ("audit_entries", "sealed_values", "id"), ("audit_entries", "values_salt", "id"),
    ("audit_entries", "values_commitment", "id"), ("audit_leaves", "leaf_hash", "entry_id"),
)  # fmt: skip
MANIPULATIONS: tuple[Callable[[Vandal], Expected], ...] = (
    Vandal.change_text, Vandal.change_column, Vandal.change_bytes, Vandal.change_shown, Vandal.strip_values,
    Vandal.delete_row, Vandal.delete_row_and_leaf, Vandal.swap, Vandal.renumber, Vandal.forge,
    Vandal.change_unsealed, Vandal.unqueue, Vandal.change_checkpoint, Vandal.cut_tail,
)  # fmt: skip


def drill(ledger: Ledger, *, times: int, seed: int, clean_runs: int) -> Drilled:
    """Manipulate and verify, many times; return what was done. Raises when one is missed or misnamed."""
    chance, evidence = random.Random(seed), ledger.evidence(anchored=True)
    rows = ledger.rows(
        "SELECT entry_id, action FROM admin.audit_leaves JOIN admin.audit_entries ON id = entry_id ORDER BY position"
    )
    sealed, kinds, chosen = [row.entry_id for row in rows], defaultdict[str, list[int]](list), Counter[str]()
    for position, row in enumerate(rows):
        kinds[row.action].append(position)
    waiting = [row.entry_id for row in ledger.rows("SELECT entry_id FROM admin.audit_pending ORDER BY 1")]
    made: dict[str, int] = {}
    with ledger.database.engine.connect() as connection:
        for number in range(times):
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            manipulate = MANIPULATIONS[number % len(MANIPULATIONS)]
            expected = manipulate(Vandal(connection, chance, sealed, waiting, kinds, chosen))
            report = verify_on(connection, evidence)
            connection.rollback()
            assert report.verdict == "tampered", f"seed {seed}, {number}: {expected} was missed"
            entries, places = {f.entry_id for f in report.findings}, {f.position for f in report.findings}
            assert expected.entry is None or expected.entry in entries, f"{seed}, {number}: {expected} {report.lines()}"
            assert expected.position is None or expected.position in places, f"{seed}: {expected} {report.lines()}"
            made[manipulate.__name__] = made.get(manipulate.__name__, 0) + 1
            if number * clean_runs // times < (number + 1) * clean_runs // times:
                clean = verify_on(connection, evidence)
                connection.rollback()
                assert clean.verdict == "clean", clean.lines()
    return Drilled(made, {kind: chosen[kind] for kind in sorted(kinds)})

"""Numbers the documents once all of them are known: without gaps, in the order in which they were issued."""

from typing import Any

import psycopg

DOCUMENTS = (("invoices", "invoice", "INV-"), ("credit_notes", "credit_note", "CN-"))
DIGITS = 6


def number(connection: psycopg.Connection[Any]) -> None:
    """Give invoices and credit notes their numbers, and leave the counters at the next ones."""
    for table, name, prefix in DOCUMENTS:
        connection.execute(
            f"WITH ordered AS (SELECT id, row_number() OVER (ORDER BY issued_at, id) AS place FROM admin.{table})"
            f" UPDATE admin.{table} SET number = '{prefix}'"
            f" || lpad(place::text, greatest({DIGITS}, length(place::text)), '0')"
            f" FROM ordered WHERE ordered.id = {table}.id"
        )
        connection.execute(
            "INSERT INTO admin.number_sequences (key, prefix, digits, next_number, created_at, updated_at)"
            f" SELECT '{name}', '{prefix}', {DIGITS}, count(*) + 1, min(issued_at), max(issued_at) FROM admin.{table}"
        )

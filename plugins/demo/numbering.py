"""Numbers the documents once all of them are known, without gaps and in order; counts how codes were used."""

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


def count_redemptions(connection: psycopg.Connection[Any]) -> None:
    """Let codes and campaigns know how often they were used, and what that gave away."""
    connection.execute(
        "UPDATE admin.promotion_codes AS code SET redemptions_count = used.times"
        " FROM (SELECT code_id, count(*) AS times FROM admin.redemptions GROUP BY code_id) AS used"
        " WHERE used.code_id = code.id"
    )
    connection.execute(
        "UPDATE admin.discount_campaigns AS campaign SET given_away_cents = given.cents"
        " FROM (SELECT code.campaign_id, sum(used.discount_cents) AS cents FROM admin.redemptions AS used"
        " JOIN admin.promotion_codes AS code ON code.id = used.code_id GROUP BY code.campaign_id) AS given"
        " WHERE given.campaign_id = campaign.id"
    )

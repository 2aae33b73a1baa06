"""Customers, subscriptions and payments by the million, written by set-based SQL into the product's own tables.

Everything follows from the row's number, so that two runs measure the same rows. Times lie in the 24 months that
end in November 2026; keys are UUIDv7 in the order of time, as the product makes them.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg

START_S = 1_730_412_000  # 2024-11-01 in Johannesburg
SPAN_S = 750 * 86_400
TABLES = ("customers", "subscriptions", "payments")


@dataclass(frozen=True)
class Size:
    """How many rows a database holds."""

    customers: int
    subscriptions: int
    payments: int


FULL = Size(1_000_000, 1_200_000, 10_000_000)


def tenth(size: Size) -> Size:
    """Return a tenth of it: what growth is measured against."""
    return Size(size.customers // 10, size.subscriptions // 10, size.payments // 10)


FUNCTIONS = f"""
CREATE FUNCTION pg_temp.moment(n bigint, total bigint) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT to_timestamp({START_S} + n * ({SPAN_S}::float8 / total)) $$;
CREATE FUNCTION pg_temp.key(kind bigint, n bigint, total bigint) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT encode(substr(int8send(({START_S * 1000} + n * {SPAN_S * 1000} / total) << 16), 1, 6) || '\\x7000'::bytea
                 || int8send(1::bigint << 63 | (n * 2654435761 & (1::bigint << 54) - 1) << 8 | kind), 'hex')::uuid $$;
CREATE FUNCTION pg_temp.word(words text[], n bigint) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT words[1 + n % array_length(words, 1)] $$;
"""

FIRST = "ARRAY['Ada','Finn','Nomsa','Otto','Lerato','Pieter','Thandi','Sipho','Anke','Farid','Zola','Mia']"
LAST = "ARRAY['Nkosi','Botha','Naidoo','Dlamini','Smit','Khumalo','Jacobs','Mokoena','Pillay','Venter','Adams']"
TRADE = (
    "ARRAY['Logistics','Mining','Foods','Retail','Clinics','Schools','Builders','Motors','Textiles','Farms',"
    "'Security','Media','Energy','Legal','Plumbing','Travel','Studios']"
)
PLACE = "ARRAY['Cape','Karoo','Umhlanga','Limpopo','Soweto','Midrand','Garden Route','Vaal','Kalahari','Overberg']"

PLANS = """
INSERT INTO admin.plans (id, key, name, product_line, rank, created_at, updated_at)
SELECT pg_temp.key(1, n, 8), 'bench-' || n, 'Plan ' || n,
       CASE WHEN n < 4 THEN 'b2b' WHEN n < 7 THEN 'recruiter' ELSE 'b2c' END, n, now(), now()
FROM generate_series(0, 7) n;
INSERT INTO admin.prices (id, plan_id, nickname, amount_cents, "interval", includes_vat, valid_from, created_at,
                          updated_at)
SELECT pg_temp.key(2, n, 8), pg_temp.key(1, n, 8), 'Plan ' || n || ' monthly', 69900 + 40000 * n, 'month',
       true, pg_temp.moment(0, 8), now(), now()
FROM generate_series(0, 7) n;
INSERT INTO admin.features (id, key, name, kind, created_at, updated_at)
VALUES (pg_temp.key(7, 0, 8), 'bench', 'Bulk screening', 'switch', now(), now());
"""

CUSTOMERS = f"""
INSERT INTO admin.customers (id, product_line, company_name, person_name, email, phone, status, plan_id, mrr_cents,
    assessments_used, signup_at, last_active_at, signup_channel, utm_source, industry, city, postal_code,
    payment_terms_days, external_id, created_at, updated_at)
SELECT pg_temp.key(3, n, %(customers)s),
    pg_temp.word(ARRAY['b2b','b2b','recruiter','b2c'], n),
    CASE WHEN n %% 4 <> 3 THEN
        CASE WHEN n %% 50 = 8 THEN 'Acme ' WHEN n %% 50000 = 777 THEN 'Quixotic ' ELSE '' END
        || pg_temp.word({PLACE}, n / 3) || ' ' || pg_temp.word({TRADE}, n / 7) || ' ' || n END,
    pg_temp.word({FIRST}, n / 5) || ' ' || pg_temp.word({LAST}, n / 11),
    lower(pg_temp.word({FIRST}, n / 5) || '.' || pg_temp.word({LAST}, n / 11)) || n || '@example'
        || n %% 97 || '.co.za',
    '+2782' || lpad((n * 7919 %% 10000000)::text, 7, '0'),
    pg_temp.word(ARRAY['active','active','active','active','trial','cancelled','cancelled','past_due','paused',
                       'closed'], n / 13),
    pg_temp.key(1, n %% 8, 8), 69900 + 40000 * (n %% 8), n * 31 %% 500,
    pg_temp.moment(n, %(customers)s), pg_temp.moment(n + (%(customers)s - n) * (n * 17 %% 100) / 100, %(customers)s),
    pg_temp.word(ARRAY['direct','organic_search','paid_search','referral','unknown'], n / 17),
    pg_temp.word(ARRAY['google','linkedin','newsletter'], n / 19), 'staffing', 'Cape Town', '8001', 7, 'app-' || n,
    pg_temp.moment(n, %(customers)s), pg_temp.moment(n, %(customers)s)
FROM generate_series(0::bigint, %(customers)s - 1) n
"""

PEOPLE = f"""
INSERT INTO admin.people (id, customer_id, name, email, role, is_primary, created_at, updated_at)
SELECT pg_temp.key(4, n, %(customers)s), pg_temp.key(3, n, %(customers)s),
    pg_temp.word({FIRST}, n / 5) || ' ' || pg_temp.word({LAST}, n / 11),
    'owner' || n || '@example' || n %% 97 || '.co.za', 'owner', true,
    pg_temp.moment(n, %(customers)s), pg_temp.moment(n, %(customers)s)
FROM generate_series(0::bigint, %(customers)s / 100 - 1) m, LATERAL (SELECT m * 100 AS n) numbered
"""

SUBSCRIPTIONS = """
INSERT INTO admin.subscriptions (id, customer_id, plan_id, price_id, status, "interval", amount_cents, list_mrr_cents,
    mrr_cents, started_at, ended_at, current_period_start, current_period_end, cancel_reason, created_at, updated_at)
SELECT pg_temp.key(5, n, %(subscriptions)s),
    pg_temp.key(3, n %% %(customers)s, %(customers)s), pg_temp.key(1, n %% 8, 8),
    pg_temp.key(2, n %% 8, 8), CASE WHEN n %% 10 < 7 THEN 'active' ELSE 'cancelled' END, 'month',
    69900 + 40000 * (n %% 8), 60783 + 34783 * (n %% 8),
    CASE WHEN n %% 10 < 7 THEN 60783 + 34783 * (n %% 8) ELSE 0 END,
    started.at, CASE WHEN n %% 10 >= 7 THEN started.at + interval '90 days' END,
    started.at, started.at + interval '1 month', CASE WHEN n %% 10 >= 7 THEN 'not_used' END, started.at, started.at
FROM generate_series(0::bigint, %(subscriptions)s - 1) n,
    LATERAL (SELECT pg_temp.moment(n, %(subscriptions)s) AS at) started
"""

PAYMENTS = """
INSERT INTO admin.payments (id, customer_id, status, amount_cents, fee_cents, gateway, gateway_reference,
    checkout_reference, method, card, paid_at, failed_at, failure_code, created_at, updated_at)
SELECT pg_temp.key(6, n, %(payments)s),
    pg_temp.key(3, n * 7919 %% %(customers)s, %(customers)s),
    CASE WHEN n %% 25 = 0 THEN 'failed' WHEN n %% 500 = 1 THEN 'refunded' ELSE 'succeeded' END,
    69900 + 40000 * (n %% 8), 2000, pg_temp.word(ARRAY['yoco','yoco','payfast','eft'], n),
    'p_' || lpad(to_hex(n), 12, '0'), CASE WHEN n %% 4 < 2 THEN 'ch_' || lpad(to_hex(n), 12, '0') END, 'card',
    'visa 4242', CASE WHEN n %% 25 <> 0 THEN made.at + interval '3 seconds' END,
    CASE WHEN n %% 25 = 0 THEN made.at + interval '3 seconds' END,
    CASE WHEN n %% 25 = 0 THEN 'card_declined' END, made.at, made.at
FROM generate_series(%(first)s::bigint, %(behind)s - 1) n, LATERAL (SELECT pg_temp.moment(n, %(payments)s) AS at) made
"""


def fill(url: str, size: Size) -> None:
    """Write all rows into a migrated database as its superuser; indexes are dropped before and made again after."""
    with psycopg.connect(url, autocommit=True) as connection:
        definitions = plain_indexes(connection)
        for name in definitions:
            connection.execute(f'DROP INDEX admin."{name}"')
    works = [lambda c: write_customers(c, size)]
    step = size.payments // 8
    works += [lambda c, first=first: write_payments(c, size, first, step) for first in range(0, size.payments, step)]
    in_parallel(url, works)
    in_parallel(url, [lambda c, text=text: build(c, text) for text in definitions.values()])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def plain_indexes(connection: psycopg.Connection) -> dict[str, str]:
    """Return name and definition of the indexes that no constraint owns, the slowest to build first."""
    rows = connection.execute(
        """SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i
           JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
           WHERE t.relname = ANY(%s) AND t.relnamespace = 'admin'::regnamespace
             AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f')
           ORDER BY t.relname = 'payments' DESC, c.relname""",
        [list(TABLES)],
    )
    return dict(rows.fetchall())


def in_parallel(url: str, works: Iterable[Callable[[psycopg.Connection], None]]) -> None:
    """Do each piece of work on a connection of its own, two at a time."""
    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(on_connection, url, work) for work in works]:
            done.result()


def on_connection(url: str, work: Callable[[psycopg.Connection], None]) -> None:
    """Do one piece of work without checks of foreign keys: the rows refer to each other by construction."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("SET work_mem = '256MB'")
        connection.execute(FUNCTIONS)
        work(connection)


def write_customers(connection: psycopg.Connection, size: Size) -> None:
    """Write plans, prices, customers, some of their people, and subscriptions."""
    connection.execute(PLANS)
    for statement in (CUSTOMERS, PEOPLE, SUBSCRIPTIONS):
        connection.execute(statement, numbers(size))


def write_payments(connection: psycopg.Connection, size: Size, first: int, many: int) -> None:
    """Write so many payments from the first on."""
    connection.execute(PAYMENTS, {**numbers(size), "first": first, "behind": min(first + many, size.payments)})


def build(connection: psycopg.Connection, definition: str) -> None:
    """Make one index."""
    connection.execute(definition)


def numbers(size: Size) -> dict[str, int]:
    """Return the sizes as parameters."""
    return {"customers": size.customers, "subscriptions": size.subscriptions, "payments": size.payments}

"""The floor: a bare Flask view, psycopg and a plain Jinja table; no sign-in, count, widgets or layout.

What no admin can beat with this stack. Pages are keyset pages; the address names the row to start behind.
"""

import os
import threading

import psycopg
from flask import Flask, request
from jinja2 import Environment
from psycopg.rows import dict_row

app = Flask(__name__)
local = threading.local()
jinja = Environment(autoescape=True)
TABLE = jinja.from_string(
    "<!doctype html><title>{{ title }}</title><table><tr>{% for name in columns %}<th>{{ name }}</th>{% endfor %}</tr>"
    "{% for row in rows %}<tr>{% for name in columns %}<td>{{ row[name] }}</td>{% endfor %}</tr>{% endfor %}</table>"
)
RECORD = jinja.from_string("<!doctype html><dl>{% for k, v in row.items() %}<dt>{{ k }}<dd>{{ v }}{% endfor %}</dl>")
FORM = jinja.from_string(
    "<!doctype html><form method=post>{% for k, v in row.items() %}<label>{{ k }} <input name={{ k }}"
    ' value="{{ v }}"></label>{% endfor %}<button>Save</button></form>'
)
COLUMNS = {
    "customers": "t.id, company_name, person_name, email, t.product_line, p.name AS plan, status, signup_at",
    "payments": "t.id, customer_id, amount_cents, status, gateway, gateway_reference, paid_at, t.created_at",
}
JOINS = {"customers": "LEFT JOIN admin.plans p ON p.id = t.plan_id", "payments": ""}
FILTERS = {
    "email": "lower(email) = lower(%(email)s)",
    "words": "(company_name ILIKE '%%' || %(words)s || '%%' OR email ILIKE '%%' || %(words)s || '%%')",
    "plan": "plan_id = %(plan)s",
    "status": "status = %(status)s",
}


@app.get("/<table>")
def rows(table: str) -> str:
    asked = request.args.to_dict()
    sort, down = asked.get("sort", "created_at"), "desc" in asked
    wheres = [f"({text})" for name, text in FILTERS.items() if name in asked]
    if "after" in asked:
        wheres.append(f"(t.{sort}, t.id) {'<' if down else '>'} (%(after)s, %(id)s::uuid)")
    where = f"WHERE {' AND '.join(wheres)}" if wheres else ""
    way = "DESC" if down != ("last" in asked) else "ASC"
    found = fetch(
        f"SELECT {COLUMNS[table]} FROM admin.{table} t {JOINS[table]} {where}"
        f" ORDER BY t.{sort} {way}, t.id {way} LIMIT 50",
        asked,
    )
    columns = list(found[0]) if found else []
    return TABLE.render(title=table, columns=columns, rows=found[::-1] if "last" in asked else found)


@app.get("/customers/<key>")
def record(key: str) -> str:
    return RECORD.render(row=fetch("SELECT * FROM admin.customers WHERE id = %(id)s", {"id": key})[0])


@app.get("/customers/<key>/edit")
def edit(key: str) -> str:
    return FORM.render(row=fetch("SELECT * FROM admin.customers WHERE id = %(id)s", {"id": key})[0])


@app.post("/customers/<key>/edit")
def save(key: str) -> tuple[str, int]:
    statement = "UPDATE admin.customers SET city = %(city)s, updated_at = now() WHERE id = %(id)s"
    connection().execute(statement, {"city": request.form["city"], "id": key})
    return "", 303


def fetch(statement: str, values: dict[str, str]) -> list[dict]:
    return connection().execute(statement, values).fetchall()


def connection() -> psycopg.Connection:
    """Return this thread's connection."""
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(os.environ["BENCH_DATABASE"], autocommit=True, row_factory=dict_row)
    return local.connection

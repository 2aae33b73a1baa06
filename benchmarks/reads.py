"""What it costs a page that it is written down who read whose data: the same pages with and without, by turns.

    DATABASE_URL=postgresql+psycopg://… python -m benchmarks.reads [--rounds 60]

The database is one of the demo's, on a server that waits for its disk. Requests run in this process and every look is
a first one. What counts are the ratios of medians, in one run on one machine: by the clock, and of this process's CPU.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from admin_core.access import sign_in_link
from admin_core.app import create_app
from admin_core.audit import reads
from admin_core.machine import Machine
from admin_core.settings import Settings

TOKEN = 'name="csrf_token" value="'


def main() -> None:
    asked = arguments()
    app = create_app(settings())
    client = signed_in(app)
    reads.SAME_LOOK = timedelta(0)
    for name, url in pages(app.extensions["admin_core"]).items():
        times: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
        for number in range(2 * asked.rounds + 10):
            logged = number % 2 == 0
            took = timed(app, client, url, logged=logged)
            if number >= 10:
                times[logged].append(took)
        for place, what in enumerate(("clock", "CPU")):
            without, with_ = (1000 * statistics.median(each[place] for each in times[kind]) for kind in (False, True))
            print(f"{name}, {what}: {without:.1f} ms without, {with_:.1f} ms with: {with_ / without:.2f} times")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    return parser.parse_args()


def settings() -> Settings:
    url = os.environ["DATABASE_URL"]
    words = {"secret_key": "k" * 40, "env": "test", "public_url": "http://localhost"}
    return Settings(database_url=url, redis_url="redis://localhost:1/0", **words)


def signed_in(app: Flask) -> FlaskClient:
    parts: Machine = app.extensions["admin_core"]
    with parts.database.transaction() as session:
        link = sign_in_link(session, "Owner")
    client = app.test_client()
    page = client.get(link).text
    client.post(link, data={"csrf_token": page.partition(TOKEN)[2].partition('"')[0]})
    return client


def pages(parts: Machine) -> dict[str, str]:
    with parts.database.sessions() as session:
        customer = session.scalar(text("SELECT id FROM admin.customers WHERE person_name IS NOT NULL LIMIT 1"))
    base = "/admin/data/customers/"
    return {"list of 50": base, "record": f"{base}record/{customer}", "form": f"{base}record/{customer}/edit"}


def timed(app: Flask, client: FlaskClient, url: str, *, logged: bool) -> tuple[float, float]:
    with logging(app, logged=logged):
        began = time.perf_counter(), time.process_time()
        answer = client.get(url)
        took = time.perf_counter() - began[0], time.process_time() - began[1]
    assert answer.status_code == 200, (url, answer.status_code)
    return took


@contextmanager
def logging(app: Flask, *, logged: bool) -> Iterator[None]:
    """Write down what pages show inside, or do not."""
    kept = list(app.after_request_funcs[None])
    if not logged:
        app.after_request_funcs[None].remove(reads.write_down)
    try:
        yield
    finally:
        app.after_request_funcs[None] = kept


if __name__ == "__main__":
    main()

"""What a process of the fleet runs: a relay, a worker, a scheduler or a web over the workload."""

import logging
import signal
from functools import lru_cache
from threading import Thread
from typing import IO
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.serving import make_server

from admin_core.app import create_app
from admin_core.jobs import relay, scheduler, worker
from admin_core.jobs.timing import Timing
from admin_core.settings import Settings
from tests.admin_core.jobs.workload import REGISTRY
from tests.admin_core.jobs.world import machine_for

LEASE_S = 2.0
DRILL = Timing(
    lease_s=LEASE_S,
    poll_s=0.1,
    hand_again_s=2,
    reconcile_s=0.2,
    schedule_s=0.2,
    heartbeat_s=1,
    recover_s=0.2,
    backoff_s=0.1,
    crashes=8,
)


def play(kind: str, settings: Settings, timing: Timing, log: IO[str]) -> None:
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(process)d %(name)s %(message)s", stream=log, force=True
    )
    if kind == "relay":
        relay.run(settings, timing=timing)
    elif kind == "scheduler":
        scheduler.run(settings, REGISTRY, timing=timing)
    elif kind == "web":
        serve(settings)
    else:
        worker.run(machine_for(settings), timing=timing)


@lru_cache
def web_app(settings: Settings) -> Flask:
    """Return the product itself, with the workload's jobs. Made once, before processes are forked."""
    app = create_app(settings)
    machine_for(settings).install(app)
    return app


def serve(settings: Settings) -> None:
    """Answer at the public address until SIGTERM."""
    server = make_server("127.0.0.1", urlsplit(settings.public_url).port or 0, web_app(settings), threaded=True)
    signal.signal(signal.SIGTERM, lambda *_: Thread(target=server.shutdown).start())
    server.serve_forever()
    server.server_close()

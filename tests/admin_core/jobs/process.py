"""What a process of the fleet runs: a relay, a worker or a scheduler over the workload."""

import logging
from typing import IO

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
    else:
        worker.run(machine_for(settings), timing=timing)

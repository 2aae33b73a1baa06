"""`admin worker | relay | scheduler`: the three processes beside the web."""

from admin_core import logs
from admin_core.jobs import relay, scheduler, worker
from admin_core.machine import Machine
from admin_core.settings import Settings


def run_worker(settings: Settings) -> None:
    """Run jobs until SIGTERM."""
    logs.configure()
    worker.run(Machine.assemble(settings, pool_size=2, application="admin-worker"))


def run_relay(settings: Settings) -> None:
    """Hand waiting jobs to the workers until SIGTERM."""
    logs.configure()
    relay.run(settings)


def run_scheduler(settings: Settings) -> None:
    """Make the jobs that are due until SIGTERM."""
    logs.configure()
    scheduler.run(settings, Machine.assemble(settings, pool_size=1).jobs)

"""`admin worker | relay | scheduler`: the three processes beside the web."""

from admin_core.jobs import relay, scheduler, worker
from admin_core.jobs.core_jobs import CORE_JOBS
from admin_core.jobs.declared import JobRegistry
from admin_core.settings import Settings


def run_worker(settings: Settings) -> None:
    """Run jobs until SIGTERM."""
    worker.run(settings, declared_jobs())


def run_relay(settings: Settings) -> None:
    """Hand waiting jobs to the workers until SIGTERM."""
    relay.run(settings)


def run_scheduler(settings: Settings) -> None:
    """Make the jobs that are due until SIGTERM."""
    scheduler.run(settings, declared_jobs())


def declared_jobs() -> JobRegistry:
    """Return the jobs this installation knows."""
    return JobRegistry.of(CORE_JOBS)

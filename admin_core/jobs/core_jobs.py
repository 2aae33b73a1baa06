"""The jobs that core itself declares, by the paths of their functions: nothing is imported before a worker starts."""

from admin_core.jobs.declared import Job

CORE_JOBS = (
    Job(
        slug="core.expire-view-states",
        run="admin_core.jobs.housekeeping.expire_view_states",
        title="Delete expired list states",
        queue="low",
        cron="17 * * * *",
    ),
    Job(
        slug="core.forget-finished-jobs",
        run="admin_core.jobs.housekeeping.forget_finished_jobs",
        title="Delete old jobs and process reports",
        queue="low",
        cron="40 2 * * *",
        timeout_s=3600,
    ),
)
"""Registered by the core itself, beside the jobs of plugins."""

"""Calls a job as core does."""

from admin_core.contributions import Job, Manifest
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="taken_job", title="Taken job", description="A test.")


@hookimpl
def register_jobs():
    return [Job(slug="core.forget-finished-jobs", run=print)]

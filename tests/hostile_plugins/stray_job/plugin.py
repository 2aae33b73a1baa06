"""Calls a job after another plugin."""

from admin_core.contributions import Job, Manifest
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="stray_job", title="Stray job", description="A test.")


@hookimpl
def register_jobs():
    return [Job(slug="finance.flag-late-payers", run=print)]

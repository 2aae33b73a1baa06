"""Raises after the first thing it registers."""

from admin_core.contributions import Link, Manifest
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="late_generator", title="Late generator", description="A test.")


@hookimpl
def register_links():
    yield Link("First", "https://first.example/")
    raise KeyError("second")

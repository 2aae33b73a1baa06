"""Registers what is no figure."""

from admin_core.contributions import Manifest
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="wrong_type", title="Wrong type", description="A test.")


@hookimpl
def register_figures():
    return ["a number"]

"""The demo company: fills an empty demo database with two years of an invented business."""

from admin_core.contributions import Demo, Manifest
from admin_core.hookspecs import hookimpl
from plugins.demo import company

MANIFEST = Manifest(
    name="demo",
    title="Demo company",
    description="An invented South African business of two years, for trying things out.",
    icon="building-store",
    order=900,
)


@hookimpl
def register_demo() -> list[Demo]:
    return [Demo(seed=company.seed)]

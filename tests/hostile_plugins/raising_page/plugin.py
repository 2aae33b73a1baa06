"""Pages, a number, a line and an action that raise when somebody comes to them."""

import sys

from admin_core.contributions import Action, Figure, Manifest, Page, Permission, Waiting
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="raising_page", title="Raising page", description="A test.")
READ = "raising_page:things:read"


def load(_visit):
    raise LookupError("a secret of somebody")


def leave(_visit):
    sys.exit(4)


def number(_session, _periods):
    sys.exit(5)


def filters(_now):
    raise RuntimeError("a secret of somebody")


def refuses(record):
    return record.no_such_column


@hookimpl
def register_permissions():
    return [Permission(READ, "see things")]


@hookimpl
def register_pages():
    return [
        Page(slug="raises", title="Raises", permission=READ, load=load, template="raising_page/page.html"),
        Page(slug="leaves", title="Leaves", permission=READ, load=leave, template="raising_page/page.html"),
        Page(
            slug="broken", title="Broken", permission=READ, load=lambda _visit: {}, template="raising_page/broken.html"
        ),
    ]


@hookimpl
def register_figures():
    words = {"unit": "count", "permission": READ, "definition": "A test.", "home": "today"}
    return [Figure(name="raising_page.number", title="Raising number", values=number, **words)]


@hookimpl
def register_waiting():
    return [Waiting("Raising line", "tickets", filters, READ)]


@hookimpl
def register_actions():
    return [Action(slug="wave", label="Wave", model="tickets", permission=READ, run=lambda: "Waved.", refuses=refuses)]

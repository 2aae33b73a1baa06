"""Greeter: whom we have greeted, and a button that greets."""

from admin_core.contributions import Action, Figure, Job, Manifest, Page, Permission, Rows
from admin_core.hookspecs import hookimpl
from greeter_plugin import actions, jobs, views

MANIFEST = Manifest(
    name="greeter", title="Greeter", description="Greets tickets, and counts how often.", icon="message", version="0.3"
)


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission("greeter:greetings:read", "see who was greeted"),
        Permission("greeter:greetings:write", "greet somebody"),
    ]


@hookimpl
def register_pages() -> list[Page]:
    return [
        Page(
            slug="greetings",
            title="Greetings",
            permission="greeter:greetings:read",
            load=views.greetings,
            template="greeter/greetings.html",
            group="Support",
        )
    ]


@hookimpl
def register_figures() -> list[Figure]:
    return [
        Figure(
            name="greeter.greetings",
            title="Greetings",
            unit="count",
            permission="greeter:greetings:read",
            definition="Tickets that were greeted.",
            values=views.greeted,
            rows=lambda _period: Rows("greeter_greetings"),
            level=True,
            home="today",
        )
    ]


@hookimpl
def register_actions() -> list[Action]:
    return [
        Action(slug="greet", label="Greet", model="tickets", permission="greeter:greetings:write", run=actions.greet)
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [Job(slug="greeter.forget-old-greetings", run=jobs.forget_old_greetings, cron="30 3 * * *", queue="low")]

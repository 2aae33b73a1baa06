"""The `admin` command: names and options only; what they do is imported when they run (`admin --help` stays quick)."""

import gc
import os
from pathlib import Path

import click

from admin_core.audit_cli import audit
from admin_core.rollups_cli import rollups
from admin_core.settings import Settings, SettingsError
from admin_core.source_cli import source
from admin_core.supervisor.places import ServersRefusedError

gc.set_threshold(50_000)  # a command imports a million objects that stay: walking them often costs a fifth of its start
PROJECT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run the command line; problems the operator can solve are sentences, not tracebacks."""
    try:
        admin()
    except (SettingsError, ServersRefusedError) as problem:
        raise SystemExit(f"admin: {problem}") from None
    finally:
        gc.freeze()  # the process ends and frees all: collecting first would take a third of a short command's time


def settings() -> Settings:
    """Return the settings of this process, or refuse with all that is wrong with them."""
    return Settings.from_environment(os.environ)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def admin() -> None:
    """The internal backend: its database, its processes, its demo."""


@admin.command()
@click.argument("url")
def reflect(url: str) -> None:
    """Say what screens the tables of a database would get."""
    from admin_core.commands import reflection

    for line in reflection.reflect(url):
        click.echo(line)


@admin.group()
def db() -> None:
    """Make and migrate the database."""


@db.command("init")
def db_init() -> None:
    """Make database and schema when missing, then migrate."""
    from admin_core.commands import database

    click.echo(database.initialise(settings()))


@db.command("upgrade")
def db_upgrade() -> None:
    """Run the migrations the database has not seen."""
    from admin_core.commands import database

    click.echo(database.upgrade(settings()))


@db.command("roles")
def db_roles() -> None:
    """Make the database roles that own nothing: for web and workers, and for readers."""
    from admin_core.commands import database

    click.echo(database.make_roles(settings(), os.environ))


@db.command("current")
def db_current() -> None:
    """Say at which migration the database is."""
    from admin_core.commands import database

    click.echo(database.current(settings()))


@admin.command()
@click.option("--scale", default=1, show_default=True, help="How many times the ordinary demo company.")
@click.option("--if-empty", is_flag=True, help="Do nothing when the data are there already.")
def seed(scale: int, *, if_empty: bool) -> None:
    """Fill a demo database with an invented company."""
    from admin_core.commands import database

    click.echo(database.seed(settings(), scale=scale, if_empty=if_empty))


@admin.group(invoke_without_command=True)
@click.option("--fresh", is_flag=True, help="Forget the data of earlier starts.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: the first free one from 8000 on.")
@click.pass_context
def demo(context: click.Context, port: int | None, *, fresh: bool) -> None:
    """Start everything on this machine, with invented data, and keep it alive until Ctrl-C."""
    from admin_core.supervisor.demo import run_demo

    if context.invoked_subcommand is None:
        run_demo(PROJECT, os.environ, fresh=fresh, port=port)


@demo.command("sign-in")
@click.argument("role", required=False)
def demo_sign_in(role: str | None) -> None:
    """Print a one-use sign-in link for ROLE, or one for each."""
    from admin_core.access import commands

    click.echo(commands.sign_in_links(demo_settings(), role))


@demo.command("prepare", hidden=True)
def demo_prepare() -> None:
    """Bring the demo's database up to date and fill it when it is empty; one process, because start-up costs."""
    from admin_core.commands import database

    click.echo(database.initialise(settings()))
    click.echo(database.seed(settings(), scale=1, if_empty=True))


@demo.command("environment")
def demo_environment() -> None:
    """Print the running demo's settings for a shell: eval "$(admin demo environment)"."""
    import shlex

    from admin_core.supervisor.demo import running_environment

    for name, value in running_environment(PROJECT, os.environ).items():
        click.echo(f"export {name}={shlex.quote(value)}")


def demo_settings() -> Settings:
    """Return the settings of the demo that runs in this checkout (or of the process it has started)."""
    from admin_core.supervisor.demo import running_environment

    if os.environ.get("ADMIN_ENV") == "demo":
        return settings()
    return Settings.from_environment(running_environment(PROJECT, os.environ))


@admin.group()
def staff() -> None:
    """The people who work with the admin."""


@staff.command("invite")
@click.option("--owner", "email", required=True, metavar="EMAIL", help="Invite the first Owner.")
def staff_invite(email: str) -> None:
    """Make a staff member and print the link that lets them choose a password."""
    from admin_core.access import commands

    click.echo(commands.invite_owner(settings(), email))


@staff.command("reset-factor")
@click.argument("email")
def staff_reset_factor(email: str) -> None:
    """Take the second factors of EMAIL away and print the link that sets up a new one."""
    from admin_core.access import commands

    click.echo(commands.reset_factor(settings(), email))


@staff.command("unlock")
@click.argument("email")
def staff_unlock(email: str) -> None:
    """Let EMAIL try again after too many failed tries."""
    from admin_core.access import commands

    click.echo(commands.unlock(settings(), email))


@admin.group()
def access() -> None:
    """From where the team gets in."""


@access.group("allow-list")
def allow_list() -> None:
    """The networks that are allowed."""


@allow_list.command("show")
def allow_list_show() -> None:
    """Print the networks and whether the list is on."""
    from admin_core.networks import commands

    click.echo(commands.shown(settings()))


@allow_list.command("off")
def allow_list_off() -> None:
    """Disable every network, so that all are allowed: for who is locked out."""
    from admin_core.networks import commands

    click.echo(commands.off(settings()))


@admin.group()
def keys() -> None:
    """The secret keys of the environment."""


@keys.command("rotate")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; say whether the old keys can go.")
def keys_rotate(*, only_check: bool) -> None:
    """Encrypt everything under ADMIN_SECRET_KEY that a key of ADMIN_OLD_SECRET_KEYS holds."""
    from admin_core.commands import keys as commands

    for line in commands.rotated(settings(), only_check=only_check):
        if isinstance(line, int):
            raise SystemExit(line)
        click.echo(line)


admin.add_command(audit)
admin.add_command(rollups)
admin.add_command(source)


@admin.command()
def worker() -> None:
    """Run jobs until SIGTERM."""
    from admin_core.commands import processes

    processes.run_worker(settings())


@admin.command()
def relay() -> None:
    """Hand waiting jobs to the workers until SIGTERM; any number may run."""
    from admin_core.commands import processes

    processes.run_relay(settings())


@admin.command()
def scheduler() -> None:
    """Make the jobs that are due until SIGTERM; any number may run."""
    from admin_core.commands import processes

    processes.run_scheduler(settings())


@admin.group()
def alerts() -> None:
    """See and evaluate alert rules."""


@alerts.command("list")
def alerts_list() -> None:
    """Print how every rule stands."""
    from admin_core.commands import alerts as commands

    click.echo(commands.listed(settings()))


@alerts.command("evaluate")
def alerts_evaluate() -> None:
    """Evaluate every rule now, as happens each minute, and print what was found."""
    from admin_core.commands import alerts as commands

    click.echo(commands.evaluated(settings()))


@alerts.command("test-channel")
@click.argument("name")
def alerts_test_channel(name: str) -> None:
    """Send a test to the channel NAME."""
    from admin_core.commands import alerts as commands

    click.echo(commands.tested(settings(), name))


@admin.group()
def jobs() -> None:
    """See and control jobs."""


@jobs.command("list")
@click.option("--state", type=click.Choice(["waiting", "running", "done", "failed", "quarantined", "cancelled"]))
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
def jobs_list(state: str | None, limit: int) -> None:
    """Print the newest jobs."""
    from admin_core.commands import jobs as commands

    click.echo(commands.listed(settings(), state, limit))


@jobs.command("show")
@click.argument("job_id")
def jobs_show(job_id: str) -> None:
    """Print what is known of a job, with its tries."""
    from admin_core.commands import jobs as commands

    click.echo(commands.shown(settings(), job_id))


def job_verb(verb: str, help_text: str) -> None:
    """Add a command that does something to a job."""

    @jobs.command(verb, help=help_text)
    @click.argument("job_id")
    def change(job_id: str) -> None:
        from admin_core.commands import jobs as commands

        click.echo(commands.changed(settings(), verb, job_id))


for _verb, _help in (
    ("retry", "Run a failed, quarantined or cancelled job again from its last checkpoint."),
    ("cancel", "Cancel a waiting job now, a running one at its next checkpoint."),
    ("pause", "Hold a job back, from its next checkpoint on when it runs."),
    ("resume", "Let a paused job go on."),
):
    job_verb(_verb, _help)


@jobs.command("run")
@click.argument("slug")
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]…")
def jobs_run(slug: str, arguments: tuple[str, ...]) -> None:
    """Ask for the job SLUG now and print its id."""
    from admin_core.commands import jobs as commands

    click.echo(commands.started(settings(), slug, arguments))


@jobs.command("queues")
@click.option("--pause", metavar="NAME", help="Start nothing new of this queue.")
@click.option("--resume", metavar="NAME", help="Serve it again.")
def jobs_queues(pause: str | None, resume: str | None) -> None:
    """Print how the queues stand."""
    from admin_core.commands import jobs as commands

    click.echo(commands.queues(settings(), pause, resume))


@admin.command()
def check() -> None:
    """Check models, options and plugins; status 1 when something must be repaired."""
    from admin_core.commands import declarations

    lines, failed = declarations.check()
    click.echo("\n".join(lines) or "Models, options and plugins are in order.")
    raise SystemExit(int(failed))


@admin.group()
def plugin() -> None:
    """Make a plugin, and examine one."""


@plugin.command("new")
@click.argument("name")
@click.option(
    "--path", type=click.Path(path_type=Path), help="Folder to make it in. Default: plugins/ of this checkout."
)
def plugin_new(name: str, path: Path | None) -> None:
    """Make a working, tested plugin called NAME to start from."""
    from admin_core.commands import plugins

    click.echo(plugins.new(PROJECT, name, path))


@plugin.command("check")
@click.argument("name")
@click.option(
    "--database", metavar="URL", default="", help="Server to make throw-away databases on. Default: an own one."
)
def plugin_check(name: str, database: str) -> None:
    """Examine the plugin called NAME with the conformance kit; status 1 when it breaks a check."""
    from admin_core.commands import plugins

    for line in plugins.check(name, database):
        click.echo(line)


if __name__ == "__main__":
    main()

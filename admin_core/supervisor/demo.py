"""`./run demo`: everything the product needs, started, prepared, announced and kept alive by one process."""

import contextlib
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from admin_core.supervisor import children
from admin_core.supervisor.children import Program
from admin_core.supervisor.instance import RECORD, Demo, free_port, only_one, read_record, write_record
from admin_core.supervisor.keeper import Keeper, answer_signals, ignore_signals
from admin_core.supervisor.places import ServersRefusedError, kept_secret, server_account, state_directory
from admin_core.supervisor.servers import start_postgres, start_redis


def run_demo(project: Path, environ: Mapping[str, str], *, fresh: bool, port: int | None) -> None:
    """Run until Ctrl-C or SIGTERM; everything has ended when this returns."""
    answer_signals()
    state = state_directory(project, server_account(), environ.get("ADMIN_STATE_DIR"))
    with only_one(state):
        if fresh:
            _start_over(state, environ)
        demo = Demo(project, state, free_port(state, port))
        keeper = Keeper(_say)
        try:
            _bring_up(demo, keeper, environ)
            keeper.run()
        except KeyboardInterrupt:
            _say("Stopping …")
        finally:
            ignore_signals()
            (state / RECORD).unlink(missing_ok=True)
            keeper.stop()


def running_environment(project: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The settings of the demo that runs here, for commands from another terminal."""
    record = read_record(state_directory(project, server_account(), environ.get("ADMIN_STATE_DIR")))
    if not record:
        raise ServersRefusedError("The demo does not run here. Start it with ./run demo.")
    return record["environment"]


def _bring_up(demo: Demo, keeper: Keeper, environ: Mapping[str, str]) -> None:
    settings, roles, off = _servers(demo.state, keeper, environ)
    settings |= {
        "ADMIN_ENV": "demo",
        "ADMIN_SECRET_KEY": environ.get("ADMIN_SECRET_KEY") or kept_secret(demo.state, "application"),
        "ADMIN_PUBLIC_URL": demo.address,
        "ADMIN_STATE_DIR": str(demo.state),
        "ADMIN_BIND": f"127.0.0.1:{demo.port}",
        "ADMIN_GRACEFUL_S": "1",
        "ADMIN_AUDIT_KEY_FILE": str(demo.state / "audit-key.secret"),
        "ADMIN_AUDIT_ANCHOR_DIR": str(demo.state / "anchors"),
        "PYTHONUNBUFFERED": "1",
    }
    _say("Preparing the database …")
    _step(_admin(demo, {**environ, **settings, "DATABASE_URL": roles.owner}, "demo", "prepare"))
    environment = {**environ, **settings}
    write_record(demo, settings)
    web, *others = programs(demo, environment, {**environment, "DATABASE_URL": roles.sealer})
    keeper.add(web)
    links = _sign_in_links(demo, environment)  # made while the web starts
    _wait_for_web(demo, keeper)
    _announce(demo, links, off)
    for program in others:
        keeper.add(program)


@dataclass(frozen=True)
class Roles:
    """The database's addresses for who migrates and for who seals; the rest works as neither."""

    owner: str
    sealer: str


def _servers(state: Path, keeper: Keeper, environ: Mapping[str, str]) -> tuple[dict[str, str], Roles, list[str]]:
    """DATABASE_URL and REDIS_URL as given, else of servers of our own; the database for special roles; what is off."""
    settings = {name: environ[name] for name in ("DATABASE_URL", "REDIS_URL") if environ.get(name)}
    off: list[str] = []
    given = settings.get("DATABASE_URL", "")
    roles = Roles(given, given)
    if "DATABASE_URL" not in settings:
        postgres = start_postgres(state)
        keeper.adopt(postgres.program, postgres.process)
        settings["DATABASE_URL"], roles = postgres.app_url, Roles(postgres.url, postgres.sealer_url)
        if not postgres.has_trgm:
            off.append("Search that forgives typing errors and finds parts of words quickly: this PostgreSQL has no")
            off.append("pg_trgm. Debian: apt-get install postgresql postgresql-contrib, then ./run demo --fresh.")
    if "REDIS_URL" not in settings:
        redis = start_redis(state)
        keeper.adopt(redis.program, redis.process)
        settings["REDIS_URL"] = redis.url
    return settings, roles, off


def programs(demo: Demo, environment: Mapping[str, str], of_sealer: Mapping[str, str]) -> list[Program]:
    """The product's own processes; the sealer works as another database role."""

    def program(name: str, *command: str, given: Mapping[str, str] = environment) -> Program:
        arguments = (sys.executable, "-m", *command)
        log = _new_log(demo.state / f"{name}.log")
        return Program(name, arguments, log=log, environment=given, directory=demo.project)

    configuration = str(Path(__file__).with_name("gunicorn_conf.py"))
    return [
        program("web", "gunicorn", "-c", configuration, "wsgi:app"),
        *(program(name, "admin_core.cli", name) for name in ("worker", "relay", "scheduler")),
        program("sealer", "admin_core.cli", "audit", "seal", "--every", "1", given=of_sealer),
    ]


def _new_log(path: Path) -> Path:
    """Keep the log of the last run beside the new one."""
    if path.exists():
        path.replace(path.with_suffix(".previous.log"))
    return path


def _admin(demo: Demo, environment: Mapping[str, str], *command: str, log: Path | None = None) -> Program:
    arguments = (sys.executable, "-m", "admin_core.cli", *command)
    return Program(" ".join(command), arguments, log=log, environment=environment, directory=demo.project)


def _step(command: Program) -> None:
    """Run an `admin` command to its end; its output is ours unless it has a log."""
    if status := children.start(command).wait():
        raise ServersRefusedError(f"`admin {command.name}` failed with status {status}; see {command.log or 'above'}.")


def _sign_in_links(demo: Demo, environment: Mapping[str, str]) -> str:
    output = demo.state / "sign-in.log"
    output.unlink(missing_ok=True)
    _step(_admin(demo, environment, "demo", "sign-in", log=output))
    links = output.read_text(encoding="utf-8")
    output.unlink()  # whoever reads a link is signed in
    return links


def _wait_for_web(demo: Demo, keeper: Keeper, timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not answers(demo.address + "/healthz"):
        if time.monotonic() > deadline:
            raise ServersRefusedError(f"The web process does not answer; see {demo.state / 'web.log'}.")
        keeper.look()
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether a GET is answered with 200 within two seconds."""
    try:
        with urlopen(url, timeout=2) as response:  # noqa: S310 (our own address)
            return bool(response.status == 200)  # noqa: PLR2004 (the status itself)
    except OSError:
        return False


def _announce(demo: Demo, links: str, off: list[str]) -> None:
    rule = "-" * 78
    _say(f"{rule}\n The admin answers at {demo.address}\n\n Sign in once with one of these links:\n{links}")
    _say(f" More links: ./run demo sign-in ROLE      Logs and data: {demo.state}")
    for line in off and ["Off here:", *off]:
        _say(f" {line}")
    _say(f" Ctrl-C stops everything; data are kept. ./run demo --fresh starts over.\n{rule}")


def _say(text: str) -> None:
    # A closed terminal must not stop the keeper from cleaning up.
    with contextlib.suppress(OSError):
        print(text, flush=True)  # noqa: T201 (this is the operator's terminal)


def _start_over(state: Path, environ: Mapping[str, str]) -> None:
    """Forget the data. Secrets go with them: the new database gets new ones."""
    if environ.get("DATABASE_URL"):
        raise ServersRefusedError(
            "--fresh deletes the demo's own database; with DATABASE_URL set, empty that database yourself."
        )
    _wait_for_predecessor(state)
    for path in (state / "postgres", state / "redis", state / "artifacts", state / "anchors"):
        shutil.rmtree(path, ignore_errors=True)
    for secret in state.glob("*.secret"):
        secret.unlink()


def _wait_for_predecessor(state: Path) -> None:
    """After a kill of the supervisor its servers need a moment to end; deleting under them would be ugly."""
    pid_file = state / "postgres" / "postmaster.pid"
    if pid_file.exists():
        children.wait_for_end(int(pid_file.read_text(encoding="utf-8").split()[0]), str(state), timeout_s=10)

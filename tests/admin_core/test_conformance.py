"""The conformance kit bites: a good plugin, broken in one place, is told so by the check that is there for it."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from admin_core import cli, plugin_models
from admin_core.conformance import CHECKS, Databases, Stage, examine
from admin_core.conformance.databases import ProductionRefused, refuse_production
from admin_core.conformance.markup import in_page, in_template
from admin_core.conformance.running import CallsOutside, differs, nobody_outside
from admin_core.dashboards import tiles
from admin_core.plugin_sources import OUTSIDE, forget_modules
from admin_core.scaffold import make
from admin_core.surfaces import ANYONE, MEMBER, admin, declared, public
from schema.support import Ticket

ROOT = Path(__file__).parents[2]
NAME = "patience"
BY_ID = {check.id: check for check in CHECKS}
Break = Callable[..., Stage]
UNTAGGED = '''
from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column
from schema.base import Base, Identified

class Mood(Identified, Base):
    """How somebody felt."""

    __tablename__ = "patience_moods"
    words: Mapped[str] = mapped_column(Text)
'''

PANEL = """
@hookimpl
def record_panels():
    from sqlalchemy import select

    from admin_core.contributions import Panel, PanelTable
    from schema.support import Ticket

    def load(session, _key, _now):
        asked = [session.scalar(select(Ticket.id).limit(1)) for _ in range({asked})]
        return PanelTable(("What",), ((str(len(asked) // {fails}),),))

    words = {{"slug": "calm", "title": "Calm", "model": "tickets", "permission": "patience:tickets:hurry"}}
    return [Panel(load=load, **words)]


@hookimpl
def register_jobs"""

RULE = """
@hookimpl
def register_row_rules():
    from sqlalchemy import literal_column

    from admin_core.contributions import RowRule
    from schema.support import Ticket

    hidden = literal_column("tickets.gone") == 1
    return [RowRule("patience:tickets:gone", "Not for all.", Ticket, lambda person: hidden)]


@hookimpl
def register_jobs"""

BY_CHANCE = "lambda record, names=iter(('subject', 'requester_name')): setattr(record, next(names), 'x') or 'Done.'"


@pytest.fixture(scope="module")
def patient(plugin_databases: Databases) -> Databases:
    """Return the databases with a ticket that has waited for long, which the demo has at some hours only."""
    engine = create_engine(plugin_databases.filled, poolclass=NullPool)
    with Session(engine) as session, session.begin():
        opened = datetime.now(UTC) - timedelta(days=5)
        session.add(Ticket(subject="Where is my CV?", status="open", priority="low", opened_at=opened))
    return plugin_databases


@pytest.fixture
def broken(tmp_path: Path, patient: Databases) -> Iterator[Break]:
    """Yield a function that makes a plugin, puts one text in another's place, and returns its stage."""
    stages: list[Stage] = []

    def breaking(file: str = "", old: str = "", new: str = "") -> Stage:
        folder = make(NAME, ROOT, tmp_path).folder
        if file:
            place = folder / file
            text = place.read_text() if place.exists() else ""
            assert old in text
            place.write_text(text.replace(old, new, 1) if old else new)
        stages.append(Stage(NAME, patient, (str(folder),)))
        return stages[-1]

    yield breaking
    for stage in stages:
        stage.close()
    plugin_models.take_back(f"{OUTSIDE}.{NAME}")
    forget_modules(f"{OUTSIDE}.{NAME}")


FAILING, COSTLY = PANEL.format(asked=1, fails=0), PANEL.format(asked=4, fails=1)
CASES = (
    ("loads", "plugin.py", "def register_jobs", "def register_jibs", "register_jibs is no hook"),
    ("loads", "plugin.py", "patience:tickets:hurry", "support:tickets:hurry", "support:tickets:hurry"),
    ("loads", "plugin.py", 'model="tickets"', 'model="tackets"', "tackets"),
    ("loads", "plugin.py", "patience/page.html", "support/page.html", "support/page.html"),
    ("addresses", "plugin.py", 'slug="waiting"', 'slug="waiting_room"', "waiting_room"),
    ("icons", "plugin.py", 'icon="arrow-up"', 'icon="rocket-up"', "rocket-up"),
    ("job-functions", "plugin.py", "run=jobs.raise_priority", f'run="{OUTSIDE}.patience.jobs.gone"', "gone"),
    ("templates", "templates/patience/page.html", "<caption ", '<caption style="x" ', "style attribute"),
    ("templates", "templates/page.html", "", "<p>stray</p>", "belongs into templates/patience/"),
    ("personal-data", "models.py", "", UNTAGGED, "personal data is not classified"),
    ("pages-answer", "plugin.py", "statements=2", "statements=0", "its budget is 0"),
    ("pages-answer", "views.py", "tickets = queries", "tickets = 1 / 0 or queries", "answers 500 to an Owner"),
    ("pages-answer", "templates/patience/page.html", "<caption ", '<caption onclick="x()" ', "onclick on <caption>"),
    ("home", "views.py", "count = queries", "count = 1 / 0 or queries", "has no answer"),
    ("home", "views.py", "count = queries", "for _ in range(4): count = queries", "made 4 statements"),
    ("actions-refuse", "rules.py", "if ticket.status", "if 1 / 0 or ticket.status", "answers 500 to an Owner"),
    ("record-parts", "plugin.py", "@hookimpl\ndef register_jobs", FAILING, "The panel calm has no answer"),
    ("record-parts", "plugin.py", "@hookimpl\ndef register_jobs", COSTLY, "its budget is 2"),
    ("rows-hidden", "plugin.py", "@hookimpl\ndef register_jobs", RULE, "cannot be asked of the database: Undefined"),
    ("plans-hold", "plugin.py", "run=actions.make_urgent", f"run={BY_CHANCE}, dangerous=True", "another plan"),
    ("plans-hold", "plugin.py", "run=actions.make_urgent", "run=lambda: 1 / 0, dangerous=True", "cannot be shown"),
    ("jobs-run-twice", "actions.py", "Priority.LOW, ", "Priority.HIGH, Priority.LOW, ", "rows in: admin.tickets"),
    ("jobs-run-twice", "jobs.py", "before = rules", "before = 1 / 0 or rules", "ended waiting"),
    (
        "leaves-no-trace",
        "rules.py",
        "PATIENCE =",
        "from admin_core.theme.install import FILTERS\nFILTERS['patiently'] = str\nPATIENCE =",
        "patiently",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("check", "file", "old", "new", "says"), CASES)
def test_what_is_broken_is_told(broken: Break, check: str, file: str, old: str, new: str, says: str) -> None:
    found = BY_ID[check].findings(broken(file, old, new))
    assert [sentence for sentence in found if says in sentence], found


@pytest.fixture(autouse=True)
def forgotten_filter() -> Iterator[None]:
    """The trace that one of the plugins leaves is ours to sweep away."""
    from admin_core.theme.install import FILTERS

    yield
    FILTERS.pop("patiently", None)


def test_a_route_that_anybody_opens_is_told(broken: Break) -> None:
    stage = broken()
    for access, says in ((admin(MEMBER), "a permission of the plugin"), (public(ANYONE), "a key or a signature")):
        declared(stage.app)["page-patience-waiting.page"] = access
        (sentence,) = BY_ID["routes"].findings(stage)
        assert says in sentence
    declared(stage.app)["page-patience-waiting.page"] = admin(MEMBER)
    assert "opens without the permission" in BY_ID["pages-refuse"].findings(stage)[0]


def test_a_failure_that_spreads_is_told(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = broken()
    assert stage.problems == []
    bare = lambda ctx, figure, choice, _circuits: tiles.worded(ctx, tiles.read(ctx, figure, choice))  # noqa: E731
    monkeypatch.setattr(tiles, "tile_of", bare)
    assert "When its functions raise, /admin/ answers 500." in BY_ID["failure-contained"].findings(stage)


def test_of_a_plugin_that_does_not_load_nothing_else_is_asked(broken: Break) -> None:
    (result,) = examine(broken("plugin.py", "MANIFEST = Manifest(", "MANIFEST = dict("))
    assert not result.passed
    assert "MANIFEST" in result.findings[0]


def test_every_check_is_provoked() -> None:
    assert {case[0] for case in CASES} | {"routes", "pages-refuse", "failure-contained"} == set(BY_ID)


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<script>x</script>", ["inline script"]),
        ('<script src="/a.js"></script><script type="application/json">{}</script>', []),
        ("<style>p{}</style>", ["inline style element"]),
        ('<p style="x">', ["style attribute on <p>"]),
        ('<a href="javascript:x">', ["script in href on <a>"]),
        ('<a href="https://elsewhere.example/">', []),
        ('<img src="//elsewhere.example/x.png"/>', ["other host in src on <img>"]),
        ('<form action="https://elsewhere.example/">', ["other host in action on <form>"]),
        ('<link href="https://elsewhere.example/x.css">', ["other host in href on <link>"]),
        ('<p hx-get="/x" hx-trigger="click[x]">', ["trigger filter on <p>"]),
        ("<p>onclick = style=</p>", []),
    ],
)
def test_a_finished_page_is_read_as_a_browser_would(html: str, found: list[str]) -> None:
    assert in_page(html) == found


def test_a_comment_of_a_template_holds_what_it_likes() -> None:
    assert in_template('{# <p style="x"> #}<p>{{ word }}</p>') == []
    assert in_template("{{ word | safe }}") == ["unsafe"]


def test_a_measurement_may_be_newer_and_never_more() -> None:
    one, newer, more = (1, Decimal(5)), (1, Decimal(6)), (2, Decimal(5))
    cases = [((), one, False), ((), newer, True), (("sizes",), newer, False), (("sizes",), more, True)]
    for measures, after, says in cases:
        assert differs("admin.sizes", one, after, measures) is says


def test_nobody_outside_is_called() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, nobody_outside() as called:
        socket.create_connection(server.getsockname()).close()
        with pytest.raises(CallsOutside), socket.socket() as caller:
            caller.connect(("192.0.2.1", 80))
    assert called == ["192.0.2.1"]


@pytest.mark.parametrize("environ", [{"ADMIN_ENV": "production"}, {"DATABASE_URL": "postgresql://live/db"}])
def test_a_production_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(ProductionRefused, match="ADMIN_ENV is production"):
        refuse_production(environ)
    answer = CliRunner(env={"ADMIN_ENV": None, "DATABASE_URL": None, **environ}).invoke(
        cli.admin, ["plugin", "check", "finance"]
    )
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ADMIN_ENV is production")


def test_a_development_is_not_refused() -> None:
    refuse_production({})
    refuse_production({"ADMIN_ENV": "test", "DATABASE_URL": "postgresql://here/db"})


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("finanz",), "No plugin is called finanz; there are "),
        (("finance", "--database", "mysql://x"), "--database must be an address"),
        (("finance", "--database", "postgresql://127.0.0.1:9/x"), "The database does not answer: "),
    ],
)
def test_what_cannot_be_examined_is_a_sentence(words: tuple[str, ...], says: str) -> None:
    answer = CliRunner(env={"DATABASE_URL": None}).invoke(cli.admin, ["plugin", "check", *words])
    assert answer.exit_code == 1
    assert says in answer.output
    assert "Traceback" not in answer.output


@pytest.mark.timeout(300)
def test_the_command_examines_a_plugin_on_databases_of_its_own(server_url: str, databases_there: list[str]) -> None:
    answer = CliRunner(env={"DATABASE_URL": None}).invoke(
        cli.admin, ["plugin", "check", "customers", "--database", server_url]
    )
    assert answer.exit_code == 0, answer.output
    assert [f"ok    {check.id}: {check.sentence}" for check in CHECKS] == answer.output.splitlines()[: len(CHECKS)]
    assert answer.output.endswith("customers keeps what every plugin must.\n")


@pytest.fixture
def databases_there(server_url: str) -> Iterator[list[str]]:
    """Notice a database of the kit that is left behind."""
    from sqlalchemy import text

    from tests.databases import server

    def named() -> list[str]:
        with server(server_url) as connection:
            return list(connection.scalars(text("SELECT datname FROM pg_database WHERE datname LIKE 'admin_check_%'")))

    before = named()
    yield before
    assert set(named()) <= set(before)

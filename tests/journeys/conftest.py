"""One database with a small demo company per worker: journeys may write to it, but rely on nothing others wrote."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from admin_core import demo_mark
from admin_core.access import ensure_roles
from admin_core.audit.custody import signer_at
from admin_core.audit.sealer import Sealer
from admin_core.database import open_database
from admin_core.segments import ensure_segments
from plugins.customers.plugin import register_segments
from plugins.demo.company import fill
from tests.databases import as_app, clone, drop, unique_name
from tests.journeys.site import Site, make_site

CUSTOMERS = 60


@pytest.fixture(scope="session")
def demo_database(server_url: str) -> Iterator[str]:
    """Yield the address of a database that holds a small demo company."""
    name = unique_name("journeys")
    url = clone(server_url, name)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection, Session(connection) as session:
        demo_mark.set_mark(connection, demo_mark.DEMO)
        ensure_roles(session)
        ensure_segments(session, register_segments())
        session.flush()
    fill(engine, CUSTOMERS, lambda _line: None, datetime.now(UTC))
    yield url
    drop(server_url, name)


@pytest.fixture(scope="session")
def site(demo_database: str) -> Iterator[Site]:
    site = make_site(as_app(demo_database))
    yield site
    site.machine.database.engine.dispose()


@pytest.fixture(scope="session")
def sealer(demo_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sealer]:
    """Yield the one sealer of the log, in a role of its own: the web's may not seal."""
    database = open_database(demo_database)
    yield Sealer(database, signer_at(database, tmp_path_factory.mktemp("sealer") / "audit.key"))
    database.engine.dispose()


@pytest.fixture(scope="session")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


@pytest.fixture(scope="session")
def support(site: Site) -> FlaskClient:
    return site.client("Support")


@pytest.fixture(scope="session")
def viewer(site: Site) -> FlaskClient:
    return site.client("Viewer")

"""One database with a small demo company per worker: journeys may write to it, but rely on nothing others wrote."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from admin_core.audit.custody import signer_at
from admin_core.audit.sealer import Sealer
from admin_core.database import open_database
from tests.company import company
from tests.databases import as_app
from tests.journeys.site import Site, make_site


@pytest.fixture(scope="session")
def demo_database(server_url: str) -> Iterator[str]:
    """Yield the address of a database that holds a small demo company."""
    with company(server_url, "journeys") as url:
        yield url


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

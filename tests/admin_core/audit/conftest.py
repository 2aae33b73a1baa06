"""One log for each test, in one database per worker: emptied as only somebody without the product's triggers can."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.admin_core.audit.ledger import Ledger, empty
from tests.databases import clone, drop, unique_name


@pytest.fixture(scope="session")
def ledger_url(server_url: str) -> Iterator[str]:
    name = unique_name("ledger")
    yield clone(server_url, name)
    drop(server_url, name)


@pytest.fixture
def ledger(ledger_url: str, tmp_path: Path) -> Iterator[Ledger]:
    empty(ledger_url)
    found = Ledger.open(ledger_url, tmp_path)
    yield found
    found.close()

"""A database of its own, for what only several connections can show."""

from collections.abc import Iterator

import pytest

from tests.databases import clone, drop, unique_name


@pytest.fixture(scope="module")
def database_url_of_its_own(server_url: str) -> Iterator[str]:
    name = unique_name("promotions")
    yield clone(server_url, name)
    drop(server_url, name)

"""One database for the tests of mail, emptied before each; an authority whose certificates this process trusts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schema import load_models
from tests.admin_core.mail.post_office import Authority, PostOffice, opened
from tests.admin_core.mail.world import Post
from tests.databases import clone, drop, unique_name


@pytest.fixture(scope="session", autouse=True)
def models() -> None:
    load_models()


@pytest.fixture(scope="session")
def mail_database(server_url: str) -> Iterator[str]:
    name = unique_name("mail")
    yield clone(server_url, name)
    drop(server_url, name)


@pytest.fixture(scope="session")
def whole_post(mail_database: str) -> Iterator[Post]:
    post = Post.open(mail_database)
    yield post
    post.database.engine.dispose()


@pytest.fixture
def post(whole_post: Post) -> Post:
    """An installation in production, without messages and without a mail server."""
    whole_post.empty()
    return whole_post


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("trusted"), "trusted")


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca))
    return authority.ca


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def served(post: Post, office: PostOffice) -> Iterator[Post]:
    """The installation with a mail server on this machine."""
    with opened(office) as port:
        post.configure(port)
        yield post

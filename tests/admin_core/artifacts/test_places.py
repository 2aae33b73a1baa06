"""Both places for files keep the same promises: whole files only, no strange names, deleting twice is fine."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from admin_core.artifacts.local import LocalFolder
from admin_core.artifacts.places import place_for_new, places
from admin_core.artifacts.s3 import bucket_at
from admin_core.artifacts.storage import MissingFileError, Storage, new_key
from admin_core.settings import Settings
from tests.admin_core.artifacts.s3_server import KEY_ID, REGION, SECRET, Store, serving

LATER = timedelta(days=1)
STRANGE = ("../x", "/etc/passwd", "2026-11/../../x", "2026-11/x", "", "2026-11/" + "0" * 36, "2026-11\\x")
SOME_SHA256 = "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with serving() as store:
        yield store


@pytest.fixture(params=["local", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    if request.param == "local":
        yield LocalFolder(tmp_path / "files")
        return
    bucket = bucket_at("s3://ours/some files", request.getfixturevalue("store").url)
    yield bucket
    bucket.client.close()


def test_what_was_put_is_read_listed_and_deleted(place: Storage) -> None:
    key, other = new_key(), new_key()
    assert place.put(key, iter([b"da", b"", b"ta"])).sha256 == SOME_SHA256
    assert place.put(other, []).size_bytes == 0
    assert b"".join(place.open(key)) == b"data"
    assert b"".join(place.open(other)) == b""
    now = datetime.now(UTC)
    assert sorted(place.keys(now + LATER)) == sorted([key, other])
    assert list(place.keys(now - LATER)) == []
    for _ in range(2):
        place.delete(key)
    with pytest.raises(MissingFileError):
        place.open(key)
    assert list(place.keys(now + LATER)) == [other]


def test_a_large_file_goes_through_in_pieces(place: Storage) -> None:
    key = new_key()
    stored = place.put(key, (bytes([n]) * 100_000 for n in range(20)))
    assert stored.size_bytes == 2_000_000
    assert b"".join(place.open(key)) == b"".join(bytes([n]) * 100_000 for n in range(20))


@pytest.mark.parametrize("key", STRANGE)
def test_a_key_that_is_not_ours_is_refused(place: Storage, key: str) -> None:
    for act in (lambda: place.put(key, [b"x"]), lambda: place.open(key), lambda: place.delete(key)):
        with pytest.raises(ValueError, match="no key of a file"):
            act()


def test_a_content_that_breaks_off_leaves_no_file(place: Storage) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError

    key = new_key()
    with pytest.raises(ConnectionError):
        place.put(key, broken())
    with pytest.raises(MissingFileError):
        place.open(key)


def test_a_folder_is_for_its_user_alone(tmp_path: Path) -> None:
    key = new_key()
    LocalFolder(tmp_path / "files").put(key, [b"x"])
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "files", (tmp_path / "files" / key).parent)]
    assert modes == [0o700, 0o700]
    assert (tmp_path / "files" / key).stat().st_mode & 0o777 == 0o600


def test_a_bucket_keeps_files_below_its_prefix_and_waits_when_the_store_is_busy(store: Store) -> None:
    store.busy = 2
    key = new_key()
    bucket = bucket_at("s3://ours/a/b/", store.url)
    bucket.put(key, [b"x"])
    bucket.client.close()
    assert list(store.files) == [f"ours/a/b/{key}"]
    assert store.refused == []


def test_the_fake_store_refuses_another_secret(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    bucket = bucket_at("s3://ours", store.url)
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        bucket.put(new_key(), [b"x"])
    bucket.client.close()
    assert store.refused == ["another signature"]


def test_new_files_go_to_the_bucket_when_one_is_set_and_old_ones_are_still_found(store: Store, tmp_path: Path) -> None:
    words = {"database_url": "postgresql://x/y", "redis_url": "redis://x", "secret_key": "k" * 32}
    folder_only = Settings(**words, artifacts_dir=str(tmp_path))  # type: ignore[arg-type]  # all text
    both = Settings(**words, artifacts_dir=str(tmp_path), artifacts_url="s3://ours", artifacts_endpoint=store.url)  # type: ignore[arg-type]  # all text
    assert place_for_new(folder_only).name == "local"
    assert place_for_new(both).name == "s3"
    key = new_key()
    place_for_new(folder_only).put(key, [b"old"])
    assert b"".join(places(both)["local"].open(key)) == b"old"

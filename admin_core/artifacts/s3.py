"""Files in a store that speaks S3's protocol. Needs the extra ``s3``; keys and secrets are boto3's to find."""

import base64
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from admin_core.artifacts.storage import Content, Digest, MissingFileError, Stored, checked

CONNECT_S, READ_S = 5, 30
TRIES = 3


@dataclass(frozen=True)
class Bucket:
    """A bucket, or a part of one, behind a client of boto3."""

    client: Any
    bucket: str
    prefix: str = ""
    name: str = "s3"

    def put(self, key: str, content: Iterable[bytes]) -> Stored:
        """Send a file in one request, so that it is there as a whole or not at all; its hash travels along."""
        digest = Digest()
        with tempfile.TemporaryFile() as spooled:  # the request needs length and hash before its first byte
            spooled.writelines(digest.of(content))
            stored = digest.stored
            spooled.seek(0)
            self.client.put_object(
                Bucket=self.bucket,
                Key=self.prefix + checked(key),
                Body=spooled,
                ContentLength=stored.size_bytes,
                ChecksumSHA256=base64.b64encode(bytes.fromhex(stored.sha256)).decode(),
            )
        return stored

    def open(self, key: str) -> Content:
        """Return a file's content in pieces, or raise MissingFileError before the first."""
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=self.prefix + checked(key))
        except self.client.exceptions.NoSuchKey:
            raise MissingFileError(key) from None
        return Content(answer["Body"].read, answer["Body"].close)

    def delete(self, key: str) -> None:
        """See to it that there is no file under the key."""
        self.client.delete_object(Bucket=self.bucket, Key=self.prefix + checked(key))

    def keys(self, before: datetime) -> Iterator[str]:
        """Yield the keys of everything that was written before a moment."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        for page in pages:
            for found in page.get("Contents", ()):
                if found["LastModified"] < before:
                    yield found["Key"].removeprefix(self.prefix)


def bucket_at(url: str, endpoint: str = "") -> Bucket:
    """Return the place that ``s3://bucket/prefix`` names; an endpoint is needed for stores other than Amazon's."""
    try:
        import boto3  # an extra, and 100 ms to import
        from botocore.config import Config
    except ImportError:
        raise RuntimeError("ADMIN_ARTIFACTS_URL needs boto3: install the extra `s3`.") from None
    parts = urlsplit(url)
    prefix = parts.path.strip("/")
    config = Config(
        connect_timeout=CONNECT_S,
        read_timeout=READ_S,
        retries={"mode": "standard", "max_attempts": TRIES},
        # Other stores know neither the trailing checksums nor the bucket in the host name.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if endpoint else {},
    )
    client = boto3.session.Session().client("s3", endpoint_url=endpoint or None, config=config)
    return Bucket(client, parts.netloc, f"{prefix}/" if prefix else "")

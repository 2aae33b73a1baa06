"""The download of a job's file: by its owner or by who has the permission named on it; noted when personal."""

import re
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import update
from sqlalchemy.orm import Session

from admin_core.access import signed_in
from admin_core.artifacts.places import places
from admin_core.artifacts.storage import Content, MissingFileError
from admin_core.audit.entries import Entry
from admin_core.audit.web import of_request
from admin_core.generator.errors import NotFound
from admin_core.jobs_screen.access import note_download
from admin_core.machine import machine, request_session
from admin_core.policy import Person, Refused
from admin_core.theme import formats
from schema.artifacts import Artifact
from schema.audit import AuditCategory

SANDBOX = "sandbox; default-src 'none'"
UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|;\u200e\u200f\u202a-\u202e\u2066-\u2069]')
"""What no file name of ours carries: parts of paths, quotes, and signs that turn a name's letters around."""
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
AGAIN = "Run what made it again."


def file_url(file_id: UUID) -> str:
    """Return where a file is downloaded."""
    return f"/admin/files/{file_id}"


def may_download(person: Person, artifact: Artifact) -> bool:
    """Return whether the file is the person's own, or they have the permission named on it."""
    own = artifact.owner_id is not None and artifact.owner_id == person.own_id
    return own or bool(artifact.permission and person.has(artifact.permission))


def download(file_id: UUID) -> ResponseReturnValue:
    """Answer with the file; count it and note it first."""
    person = signed_in()
    artifact = found_for(person, file_id)
    if artifact.encrypted:
        raise NotFound(f"{artifact.name} is kept encrypted for the work it was uploaded for.", "You have it yourself.")
    try:
        content = places(machine().settings)[artifact.storage].open(artifact.location)
    except (MissingFileError, KeyError):
        raise NotFound(f"{artifact.name} is not where it was stored.", AGAIN) from None
    try:
        if request.method == "GET":
            note(person, artifact)
    except BaseException:
        content.close()
        raise
    return answer(artifact, content)


def found_for(person: Person, file_id: UUID) -> Artifact:
    """Return the file's row, or raise: to whom it does not belong it makes no difference whether it exists."""
    artifact: Artifact | None = request_session(person).get(Artifact, file_id)
    if artifact is None or not may_download(person, artifact):
        raise Refused("You may not download this file: it does not exist, or it is somebody else's.", "owner")
    if artifact.deleted_at is not None or artifact.expires_at < datetime.now(UTC):
        raise NotFound(f"{artifact.name} expired on {formats.absolute(artifact.expires_at)}.", AGAIN)
    return artifact


def note(person: Person, artifact: Artifact) -> None:
    """Count the download; write who took personal data."""

    def count(session: Session) -> None:
        changed = {"downloads": Artifact.downloads + 1, "last_downloaded_at": datetime.now(UTC)}
        session.execute(update(Artifact).where(Artifact.id == artifact.id).values(changed))

    if artifact.personal:
        note_download(person, count, model_key="artifacts", record_key=str(artifact.id), artifact_id=artifact.id)
        return
    with machine().database.transaction() as session:
        count(session)
        words = {"object_type": "artifacts", "object_key": str(artifact.id), **of_request()}
        taken = Entry(category=AuditCategory.EXPORT, action="files.downloaded", **words)
        machine().audit.record(session, taken)


def answer(artifact: Artifact, content: Content) -> Response:
    """Return the file as something to be kept, never to be shown as a page of ours."""
    known = MEDIA_TYPE.fullmatch(artifact.media_type)
    response = Response(content, mimetype=artifact.media_type if known else "application/octet-stream")
    response.headers["Content-Length"] = str(artifact.size_bytes)
    response.headers["Content-Disposition"] = disposition(artifact.name)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def disposition(name: str) -> str:
    """Return the header that offers a name: plain letters for old programs, the whole name for the others."""
    clean = UNSAFE.sub("_", name).strip(" .") or "file"
    plain = clean.encode("ascii", "ignore").decode().strip(" .") or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"

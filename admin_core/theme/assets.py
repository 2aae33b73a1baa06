"""Static files under a name that changes with their content, compressed once per process, cached for ever.

A bundle is a folder. Its address carries the digest of everything in it, so that scripts and styles of one
bundle may refer to each other by relative paths and still change together.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from flask import Blueprint, Response, abort, request

STATIC = Path(__file__).parent.parent / "static"
PREFIX = "/assets"
FOR_EVER = "public, max-age=31536000, immutable"
COMPRESSIBLE = frozenset({".css", ".js", ".svg", ".json", ".txt"})
SERVED = COMPRESSIBLE | {".png", ".ico", ".woff2"}


@dataclass(frozen=True)
class Bundle:
    """A folder of static files that share one digest."""

    name: str
    folder: Path

    @cached_property
    def files(self) -> dict[str, Path]:
        """Every file that may be served, by its path inside the bundle."""
        found = (path for path in sorted(self.folder.rglob("*")) if path.suffix in SERVED)
        return {path.relative_to(self.folder).as_posix(): path for path in found}

    @cached_property
    def digest(self) -> str:
        """Twelve characters that change when any file of the bundle changes."""
        sha = hashlib.sha256()
        for name, path in self.files.items():
            sha.update(name.encode() + b"\0" + path.read_bytes())
        return sha.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Return the address of a file; a name that is not there is a mistake in a template."""
        if name not in self.files:
            raise LookupError(f"No static file {name!r} in bundle {self.name!r} ({self.folder}).")
        return f"{PREFIX}/{self.name}/{self.digest}/{name}"


BUNDLES: dict[str, Bundle] = {name: Bundle(name, STATIC / name) for name in ("admin", "vendor")}
"""The bundles of this process, by name. A plugin's static folder is added by ``add_bundle``."""


def add_bundle(name: str, folder: Path) -> None:
    """Serve another folder, e.g. a plugin's; the name becomes the first part of ``asset("name/…")``."""
    BUNDLES[name] = Bundle(name, folder)


def asset(path: str) -> str:
    """Return the address of ``bundle/file``, e.g. ``admin/app.js``."""
    bundle, _, name = path.partition("/")
    return BUNDLES[bundle].url(name)


@cache
def compressed(path: Path) -> bytes:
    """Return the file gzipped as small as it gets; done once, kept by the process."""
    return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)


def serve(bundle: str, digest: str, name: str) -> Response:
    """Answer a static file; an outdated digest gets today's content without the long cache."""
    known = BUNDLES.get(bundle)
    path = known.files.get(name) if known else None
    if known is None or path is None:
        abort(404)
    gzipped = path.suffix in COMPRESSIBLE and request.accept_encodings["gzip"] > 0
    response = Response(
        compressed(path) if gzipped else path.read_bytes(),
        mimetype=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
    )
    if gzipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    # During a deploy the old and the new process answer side by side: never cache one's bytes under the other's name.
    response.headers["Cache-Control"] = FOR_EVER if digest == known.digest else "no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def blueprint() -> Blueprint:
    """Return the one route that serves every bundle."""
    made = Blueprint("assets", __name__, url_prefix=PREFIX)
    made.add_url_rule("/<bundle>/<digest>/<path:name>", "file", serve)
    return made

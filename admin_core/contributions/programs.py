"""What other programs call or are told: operations of the API, webhooks in both directions."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from admin_core.webhooks.signing import ID, Message, verify
from schema.tags import Pii

Idempotency = Literal["optional", "required", "refused"]


@dataclass(frozen=True)
class WebhookEvent:
    """Something that other programs may be told about, by name."""

    type: str
    """``noun.what-happened``; receivers decide by it, so it never changes its meaning."""
    title: str
    """When it is sent, in a sentence."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """Its ``data`` as receivers will find it, invented."""


@dataclass(frozen=True)
class Handled:
    """What became of a received message."""

    state: Literal["processed", "ignored"] = "processed"
    reason: str = ""
    """Why it was ignored, for operators; names records by their keys."""


@dataclass(frozen=True, kw_only=True)
class IncomingHook:
    """Messages of an outside service to ``/webhooks/<source>``: verified, kept once, handled by a job."""

    source: str
    title: str
    """Who sends them."""
    secret: tuple[str, str]
    """Section and field of the settings page that hold the signing secret; several stand side by side with spaces."""
    handle: Callable[..., Handled]
    """Takes any of ``session, webhook, effects, now`` by name. Runs in a worker, perhaps twice; may raise JobFailed."""
    verify: Callable[[Message, Sequence[str], datetime], None] = verify
    """Raises SignatureRefused; the default follows the Standard Webhooks specification."""
    event_key: Callable[[Message], str] = lambda message: message.headers[ID]
    """The sender's name for the message: the same for each repeat."""
    event_type: Callable[[Message], str] = lambda message: str(message.json()["type"])
    """Asked only after the signature was verified."""


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """A protocol that others wrote, so that their clients work: its addresses and refusals are theirs, not ours."""

    name: str
    """As its own documents call it; they describe its operations, ours do not."""
    root: str
    """Where its addresses begin, e.g. ``/ofrep/v1``; nowhere below ``/api``, ``/admin`` or ``/auth``."""
    refuse: str
    """Dotted path of ``(problem, path) -> (status, body)``: how a refusal reads; ``path`` holds the address's parts."""
    key_header: str = ""
    """Header that may bring the key instead of ``Authorization``."""

    def __post_init__(self) -> None:
        """Refuse a place that others have."""
        if not API_PATH.fullmatch(self.root) or "{" in self.root or self.root.split("/")[1] in OURS:
            raise ValueError(f"The protocol {self.name} can't begin at {self.root!r}.")


@dataclass(frozen=True, kw_only=True)
class ApiRoute:
    """An operation of ``/api/v1``. Core checks key, scope, limits and shapes, runs it in a transaction, and commits."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    """Below ``/api/v1``, e.g. ``/feedback/{id}``: a part in braces is an argument of ``run``."""
    summary: str
    """Verb and object, for the reference: "Give feedback on a decision"."""
    run: str | Callable[..., Any]
    """The function, or its dotted path (then nothing of it is imported before the first call).

    It takes any of ``call``, ``query``, ``body`` and the path's parts by name. Its annotations are the shapes: models
    of ``admin_core.api.models``, plain types for the path's parts. It returns a model, or raises a ``Problem``.
    """
    description: str = ""
    scope: str = ""
    """``noun:verb``; a key must hold exactly this word. Empty: any key will do."""
    scope_label: str = ""
    """Completes "A key with it may …", for whoever makes keys. Said by one route of each scope at least."""
    reads: tuple[str, ...] = ()
    """Keys of the models whose rows a call may read. The policy grants a call nothing but this and the next three."""
    creates: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()
    sees: tuple[Pii, ...] = ()
    """Classes of personal data that the answer shows in clear."""
    personal: str = ""
    """Key of the model they are of: each call is then written to the access log."""
    browser: bool = False
    """True: keys that stand in web pages may use it."""
    protocol: Protocol | None = None
    """Whose addresses and refusals it has; none: ours."""
    asks: bool = False
    """True for a POST that changes nothing of what it is about: it is asked as often as a GET, and logged like one."""
    etag: bool = False
    """True: who has the answer already (``If-None-Match``) gets 304 instead."""
    public_for_s: int = 0
    """Answered to anybody, without a key, to be kept by caches for so many seconds; 0: only to who has a key."""
    idempotency: Idempotency = "optional"
    """Whether a POST must carry an ``Idempotency-Key``; where it carries one, a repeat gets the stored answer.

    ``refused``: what is answered holds at that moment alone, so that no repeat may get it.
    """
    status: int = 200
    """Of the answer when all went well."""
    largest_body: int = 65_536
    """In bytes."""
    statements: int = 10
    """Budget of SQL statements per call, those of the key left out."""

    def __post_init__(self) -> None:
        """Refuse what could only fail when somebody calls."""
        if not API_PATH.fullmatch(self.path):
            raise ValueError(
                f"API path {self.path!r} is not words in lower case behind slashes, e.g. /feedback/{{id}}."
            )
        if self.scope and not API_SCOPE.fullmatch(self.scope):
            raise ValueError(f"API scope {self.scope!r} is not noun:verb.")
        if self.asks and self.method != "POST":
            raise ValueError(f"{self.method} {self.path}: only a POST can be one that asks.")
        if bool(self.personal) != bool(self.sees) or (self.personal and self.personal not in self.reads):
            raise ValueError(f"{self.method} {self.path}: sees, and the model of reads in personal, go together.")
        if self.public_for_s and (self.method != "GET" or self.scope or self.sees):
            raise ValueError(
                f"{self.method} {self.path}: what anybody may ask is a GET without scope and personal data."
            )

    @property
    def root(self) -> str:
        """Where its path begins."""
        return self.protocol.root if self.protocol else ROOT

    @property
    def address(self) -> str:
        """Its whole path."""
        return self.root + self.path

    @property
    def permissions(self) -> frozenset[str]:
        """What a call may do, in the words of the policy."""
        verbs = {"read": self.reads, "create": self.creates, "edit": self.edits}
        data = {f"data:{model}:{verb}" for verb, models in verbs.items() for model in models}
        return frozenset(data | {f"pii:{kind}:read" for kind in self.sees})

    @property
    def name(self) -> str:
        """Names the operation in addresses of the reference and in descriptions: ``get-feedback-id``."""
        words = self.path.replace("{", "").replace("}", "").strip("/").replace("/", "-")
        return f"{self.method.lower()}-{words}"


ROOT = "/api/v1"
OURS = frozenset({"api", "admin", "auth", "static", "webhooks", "healthz", "readyz"})
"""Words with which addresses of our own begin."""
API_PATH = re.compile(r"(/([a-z0-9]+(-[a-z0-9]+)*|\{[a-z_]+\}))+")
API_SCOPE = re.compile(r"[a-z_]+:[a-z_]+")

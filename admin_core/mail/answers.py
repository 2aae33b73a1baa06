"""What a mail server's answer means for a message: a pure decision over step, code and words."""

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["sent", "kept", "later", "refused", "bounced", "unknown", "unready"]
"""``later``: not now, ask again. ``refused``: not this message. ``bounced``: not this address, ever. ``unknown``: the
connection broke before the answer. ``unready``: nothing can be sent at present. ``kept``: in the built-in outbox."""
Step = Literal["mail", "rcpt", "data", "end"]

TEMPORARY, PERMANENT = 400, 500
CLOSING = 421
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
NO_SUCH_ADDRESS = frozenset({550, 551, 553})
NOT_THE_ADDRESS = re.compile(r"relay|authenti|policy|spam|block|denied|reputation|blacklist|rate|limit", re.IGNORECASE)
LONGEST_ANSWER = 1_000

STEPS: dict[Step, str] = {"mail": "the sender", "rcpt": "the receiver", "data": "the message", "end": "the message"}


@dataclass(frozen=True)
class Outcome:
    """What became of handing a message over."""

    kind: Kind
    sentence: str = ""
    """For operators; holds no address."""
    answer: str = field(default="", repr=False)
    """The server's own words, which may."""


def judged(step: Step, code: int, reply: bytes) -> Outcome:
    """Return what an answer at this step means."""
    words = f"{code} {reply.decode('utf-8', 'replace')}"[:LONGEST_ANSWER].replace("\x00", "")
    if code < TEMPORARY:
        return Outcome("sent", "", words)
    if code < PERMANENT:
        return Outcome("later", f"The mail server asked to try {STEPS[step]} again later (code {code}).", words)
    if step == "mail":
        return Outcome("unready", f"The mail server does not accept our sender address (code {code}).", words)
    if step == "rcpt" and is_about_the_address(code, words):
        return Outcome("bounced", f"The mail server does not know the receiver (code {code}).", words)
    return Outcome("refused", f"The mail server refused {STEPS[step]} (code {code}).", words)


def is_about_the_address(code: int, words: str) -> bool:
    """Return whether a refusal says that the address does not exist; a policy that refuses us says nothing about it."""
    if enhanced := ENHANCED.search(words):
        subject, detail = int(enhanced[2]), int(enhanced[3])
        # 5.1.7 and 5.1.8 speak of the sender; 5.2.1 is a mailbox that was closed.
        return (subject == 1 and detail not in {7, 8}) or (subject, detail) == (2, 1)
    return code in NO_SUCH_ADDRESS and not NOT_THE_ADDRESS.search(words)

"""From where a request comes, and why we think so: the connection, the header, and how many proxies are trusted."""

from dataclasses import dataclass

from flask import request

from admin_core.addresses import stored_address
from admin_core.proxies import FOR, PEER, entries_in


@dataclass(frozen=True)
class Origin:
    """An address and the evidence for it."""

    address: str | None
    """None: nobody can tell."""
    peer: str
    """Whoever opened the connection to this process."""
    passed: int
    """How many entries X-Forwarded-For has: one for each proxy, and whatever the browser claims in front of them."""
    proxies: int

    @property
    def why(self) -> str:
        """The evidence in a sentence."""
        if not self.proxies:
            ignored = " The header X-Forwarded-For came with it and is not believed." if self.passed else ""
            return f"It is the address of the connection: ADMIN_PROXIES is 0, no proxy is trusted.{ignored}"
        if not self.passed:
            return f"It is the address of the connection: ADMIN_PROXIES is {self.proxies}, but no proxy passed this on."
        if self.passed < self.proxies:
            return f"ADMIN_PROXIES is {self.proxies}, but X-Forwarded-For has only {self.passed}: {WRONG_NUMBER}"
        place = f"entry {self.proxies} from the right of the {self.passed} in X-Forwarded-For"
        return f"It is {place}, as ADMIN_PROXIES is {self.proxies}. The connection came from {self.peer}."


WRONG_NUMBER = "the request did not pass all proxies, or their number is wrong."


def origin_of_request(proxies: int) -> Origin:
    """Return from where the present request comes."""
    peer = stored_address(request.environ.get(PEER, request.remote_addr))
    passed = entries_in(request.environ.get(FOR))
    return Origin(stored_address(request.remote_addr), peer or "a socket", len(passed), proxies)

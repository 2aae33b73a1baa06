"""Calls to addresses that people typed: only ever to the public internet, never to a machine beside us.

``addresses`` reads and judges an address (pure), ``client`` connects to the very address that was judged.
Whoever calls the outside goes through here; requests of people never do, only jobs.
"""

from admin_core.outgoing.addresses import AddressRefused, Rules, Target, read_target
from admin_core.outgoing.client import Answer, Client, NoAnswer, client_for, rules_for

__all__ = [
    "AddressRefused",
    "Answer",
    "Client",
    "NoAnswer",
    "Rules",
    "Target",
    "client_for",
    "read_target",
    "rules_for",
]

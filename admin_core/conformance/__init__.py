"""The conformance kit: what every plugin must keep, as checks with an id and a sentence, here and elsewhere.

``admin plugin check NAME`` runs it, and so does the pytest plugin beside it. It needs databases of its own, never one
with real records. No part of it runs in a web process.
"""

from admin_core.conformance.check import Check, Result
from admin_core.conformance.kit import CHECKS, examine
from admin_core.conformance.stage import Databases, Stage

__all__ = ["CHECKS", "Check", "Databases", "Result", "Stage", "examine"]

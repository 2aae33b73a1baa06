"""The one question: may this person do this to these rows and fields? Every path asks here. No Flask inside.

``person`` says who asks, ``decisions`` answers for models and columns, ``rows`` restricts statements to the rows a
person may see, ``session`` makes a session that cannot step around it, ``roles`` holds what is shipped.
"""

from admin_core.policy.decisions import (
    MASK,
    VERBS,
    Refused,
    Sight,
    Verb,
    masked,
    may,
    may_page,
    may_probe,
    may_reveal,
    readable_columns,
    require,
    require_permission,
    sees,
    why_not,
)
from admin_core.policy.person import NOBODY, Person, Seeing, covers, grants
from admin_core.policy.rows import limit, row_rules, visible
from admin_core.policy.session import PolicySession, UnguardedStatementError

__all__ = [
    "MASK",
    "NOBODY",
    "VERBS",
    "Person",
    "PolicySession",
    "Refused",
    "Seeing",
    "Sight",
    "UnguardedStatementError",
    "Verb",
    "covers",
    "grants",
    "limit",
    "masked",
    "may",
    "may_page",
    "may_probe",
    "may_reveal",
    "readable_columns",
    "require",
    "require_permission",
    "row_rules",
    "sees",
    "visible",
    "why_not",
]

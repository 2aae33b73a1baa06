"""The one question: may this person do this to these rows and fields? Every path asks here. No Flask inside.

``person`` says who asks, ``decisions`` answers for models and columns, ``limits`` for amounts, ``rules`` says which
rows are hidden from whom, ``rows`` restricts statements to the others, ``criteria`` tells SQLAlchemy so, ``session``
makes a session that cannot step around it, ``roles`` holds what is shipped.
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
from admin_core.policy.limits import may_up_to, up_to
from admin_core.policy.person import NOBODY, Person, RoleHeld, Seeing, covers, grants
from admin_core.policy.rows import asked, declare, declared, is_or_was_visible, limit, rules_on, visible
from admin_core.policy.rules import RowRule
from admin_core.policy.session import PolicySession, UnguardedStatementError

__all__ = [
    "MASK",
    "NOBODY",
    "VERBS",
    "Person",
    "PolicySession",
    "Refused",
    "RoleHeld",
    "RowRule",
    "Seeing",
    "Sight",
    "UnguardedStatementError",
    "Verb",
    "asked",
    "covers",
    "declare",
    "declared",
    "grants",
    "is_or_was_visible",
    "limit",
    "masked",
    "may",
    "may_page",
    "may_probe",
    "may_reveal",
    "may_up_to",
    "readable_columns",
    "require",
    "require_permission",
    "rules_on",
    "sees",
    "up_to",
    "visible",
    "why_not",
]

"""An entry reads as a sentence, whoever acted and whatever it is about."""

from typing import Any

import pytest

from admin_core.audit.sentences import Told, actor_name, sentence
from schema.audit import ActorKind, AuditOutcome

PLAN = {"thing": "Plan", "things": "Plans", "name": "Growth"}


@pytest.mark.parametrize(
    ("action", "words", "says"),
    [
        ("plans.edited", {**PLAN, "fields": ["Price"]}, "Thandi changed price of plan Growth."),
        ("plans.edited", {**PLAN, "fields": ["A", "B", "C"]}, "Thandi changed a, b and c of plan Growth."),
        ("plans.edited", {**PLAN, "fields": list("abcdef")}, "Thandi changed a, b, c and 3 more of plan Growth."),
        ("plans.edited", PLAN, "Thandi changed plan Growth."),
        ("plans.edited", {**PLAN, "rows": 3}, "Thandi changed plan Growth and 2 more rows."),
        ("plans.created", PLAN, "Thandi created plan Growth."),
        ("plans.deleted", PLAN, "Thandi deleted plan Growth."),
        ("core.cancel", {**PLAN, "verb": "Cancel job"}, "Thandi “Cancel job” on plan Growth."),
        ("permission.refused", {"word": "data:x:read", "outcome": AuditOutcome.REFUSED},
         "Thandi was refused: data:x:read is missing."),
        ("settings.changed", {"fields": ["Name"], "name": "company"}, "Thandi changed name in settings of company."),
        ("settings.tested", {"name": "yoco", "outcome": AuditOutcome.FAILED},
         "Thandi tested the settings of yoco, which failed."),
        ("data.list", {**PLAN, "rows": 1234}, "Thandi saw a list of 1\u00a0234 plans."),
        ("finance.refund-asked", {"word": "payments"}, "Thandi finance: refund asked payments."),
        ("plans.created", {**PLAN, "name": "{who} %s"}, "Thandi created plan “{who} %s”."),
    ],
)  # fmt: skip
def test_what_happened_is_said(action: str, words: dict[str, Any], says: str) -> None:
    assert sentence(Told(who="Thandi", action=action, **words)) == says


@pytest.mark.parametrize(
    ("kind", "words", "says"),
    [
        (ActorKind.MEMBER, {"member": "Thandi"}, "Thandi"),
        (ActorKind.MEMBER, {}, "A member"),
        (ActorKind.SYSTEM, {"key": "core.expire-files", "label": "Delete expired files"}, "Delete expired files"),
        (ActorKind.SYSTEM, {"key": "gone.job"}, "gone.job"),
        (ActorKind.SYSTEM, {"key": "command-line"}, "Somebody on the command line"),
        (ActorKind.API_KEY, {"key": "0199-abcdefgh", "label": "Customer app"}, "API key Customer app"),
        (ActorKind.API_KEY, {"key": "0199-abcdefgh"}, "API key abcdefgh"),
        (ActorKind.PUBLIC, {}, "Somebody outside"),
    ],
)
def test_who_acted_is_named(kind: ActorKind, words: dict[str, str], says: str) -> None:
    assert actor_name(kind, **words) == says

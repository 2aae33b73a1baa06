"""Evidence as a model gives it: mostly verbatim quotes, some shortened, some with a changed number, some invented."""

import re
from dataclasses import dataclass
from decimal import Decimal

from plugins.demo.copying import Pen
from plugins.demo.cvs import BULLETS, Cv, sentence

LABELS = ("Relevant experience", "Measurable results", "Leadership", "Attention to detail", "Industry knowledge")
SILENT = "not mentioned"


@dataclass(frozen=True)
class Item:
    """A claim with its quote and what the check found."""

    kind: str
    claim: str
    quote: str
    verdict: str
    similarity: Decimal | None = None
    begins: int | None = None
    severity: str | None = None

    @property
    def ends(self) -> int | None:
        """Where the quote ends in the CV text."""
        return None if self.begins is None else self.begins + len(self.quote)

    @property
    def is_checkable(self) -> bool:
        """Whether the quote claims to be in the CV."""
        return self.verdict not in {"not_applicable", "weak"}

    @property
    def is_unfounded(self) -> bool:
        """Whether it is not there, or with another number."""
        return self.verdict in {"ungrounded", "number_mismatch"}


def items_of(pen: Pen, cv: Cv, family: str, invents: float) -> list[Item]:
    """Draw what a version that invents this share of its quotes says about a CV."""
    kinds = ["highlight", "strength", "requirement_met", "strength"][: pen.between(2, 4)]
    items = [
        _quoted(pen, cv, family, kind, bullet, invents=invents) for kind, bullet in zip(kinds, cv.bullets, strict=False)
    ]
    if pen.chance(0.35):
        skill = pen.pick(cv.skills)
        items.append(Item("requirement_met", f"Knows {skill}", skill, "weak", Decimal(100), cv.text.find(skill)))
    if pen.chance(0.4):
        kind = pen.pick(("requirement_unclear", "requirement_not_met"))
        items.append(Item(kind, "Own transport", SILENT, "not_applicable"))
    if pen.chance(0.25):
        items.append(Item("risk", "Frequent changes of employer", SILENT, "not_applicable", severity="medium"))
    return items


def _quoted(pen: Pen, cv: Cv, family: str, kind: str, bullet: str, *, invents: float) -> Item:
    claim, luck = pen.pick(LABELS), pen.draw.random()
    if luck < invents * 0.6:
        invented = _not_in(cv, sentence(pen, pen.pick(BULLETS[family])))
        return Item(kind, claim, invented, "ungrounded", Decimal(pen.between(31, 62)))
    if luck < invents:
        return Item(kind, claim, changed_number(bullet), "number_mismatch", Decimal(97))
    if luck < invents + 0.05:
        words = bullet.split()
        place = len(words) // 2
        return Item(kind, claim, " ".join(words[:place] + words[place + 1 :]), "partial", Decimal(pen.between(88, 96)))
    return Item(kind, claim, bullet, "grounded", Decimal(100), cv.text.index(bullet))


def changed_number(bullet: str) -> str:
    """Return a sentence with its first number made larger, as models do."""
    return re.sub(r"\d+", lambda found: str(int(found[0]) + 7), bullet, count=1)


def _not_in(cv: Cv, invented: str) -> str:
    """Make sure that an invented quote is not by chance in the CV."""
    return f"{invented} at national level" if invented in cv.text else invented

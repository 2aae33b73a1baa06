"""Figures by name: one way to ask, which checks the permission and what comes back."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from admin_core.contribution_checks import Offer, Surroundings, problems_of
from admin_core.contributions import Dashboard, Figure, Number, Permission, Trend, Value
from admin_core.dashboards.figures import Figures, UnknownFigure, value, values
from admin_core.periods import Period, of_days
from admin_core.policy import Person, Refused

MARCH = of_days(date(2026, 3, 1), date(2026, 4, 1))
OTTO = Person(uuid.UUID(int=2), "Otto", ("Visitor",), frozenset({"shop:hats:read"}))


def lengths(_session: Session, periods: Sequence[Period]) -> list[Value]:
    return [Value(amount=Decimal((period.end - period.start).days)) for period in periods]


HATS = Figure(
    name="shop.hats", title="Hats", unit="count", permission="shop:hats:read", definition="Hats.", values=lengths
)
WORDS = Permission("shop:hats:read", "see hats")


def test_a_figure_is_found_by_its_name_and_asked_for_several_periods(session: Session) -> None:
    known = Figures({HATS.name: HATS})
    february = of_days(date(2026, 2, 1), date(2026, 3, 1))
    found = values(session, OTTO, known.named("shop.hats"), [MARCH, february])
    assert [each.amount for each in found] == [31, 28]
    assert value(session, None, HATS, MARCH).amount == 31
    assert values(session, None, HATS, []) == []
    with pytest.raises(UnknownFigure, match=r"shop\.caps"):
        known.named("shop.caps")


def test_a_figure_is_refused_to_who_may_not_see_it_and_not_even_asked(session: Session) -> None:
    def never(_session: Session, _periods: Sequence[Period]) -> list[Value]:
        raise AssertionError

    secret = replace(HATS, permission="shop:takings:read", values=never)
    assert Figures({HATS.name: HATS, "shop.takings": secret}).seen_by(OTTO) == [HATS]
    with pytest.raises(Refused):
        value(session, OTTO, secret, MARCH)


@pytest.mark.parametrize("found", [[], [Value(amount=None)] * 2, [Decimal(1)], [None]])
def test_an_answer_that_does_not_fit_the_question_is_an_error_not_a_number(session: Session, found: object) -> None:
    wrong = replace(HATS, values=lambda _session, _periods: found)
    with pytest.raises(TypeError, match=r"shop\.hats"):
        value(session, None, wrong, MARCH)


def dashboard(*cards: Number | Trend) -> Dashboard:
    return Dashboard(slug="hats", title="Hats", permission="shop:hats:read", cards=cards)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"register_figures": (replace(HATS, name="hats"),)}, "must be called shop.words"),
        ({"register_figures": (replace(HATS, name="stock.hats"),)}, "must be called shop.words"),
        ({"register_figures": (replace(HATS, name="shop.Hats Total"),)}, "must be called shop.words"),
        ({"register_figures": (HATS, HATS)}, "registered already"),
        ({"register_figures": (replace(HATS, rollups=("shop.daily",)),)}, "no rollup of its own"),
        ({"register_dashboards": (dashboard(Number(figure="shop.caps")),)}, "no figure of its own"),
        ({"register_dashboards": (dashboard(Trend(slug="a", title="A", figures=("shop.caps",))),)}, "no figure"),
    ],
)
def test_what_a_plugin_says_of_its_figures_is_checked_when_it_is_loaded(
    more: dict[str, tuple[object, ...]], problem: str
) -> None:
    kept = {"register_permissions": (WORDS,), "register_figures": (HATS,)}
    assert problems_of(Offer("shop", kept), Surroundings()) == []
    (found,) = problems_of(Offer("shop", {**kept, **more}), Surroundings())
    assert problem in found.sentence

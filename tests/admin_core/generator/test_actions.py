"""What people answer before an action runs, in every spelling."""

from typing import Any

import pytest

from admin_core.contributions import Action, Question
from admin_core.generator.actions import answered

NUMBER = Question(name="q", label="How many", kind="number", least=1, most=500)
CHOICE = Question(name="q", label="Which", kind="choice", choices=(("a", "A"), ("b", "B")))
TEXT = Question(name="q", label="Why", longest=10)
OPTIONAL = Question(name="q", label="Why", required=False)
SWITCH = Question(name="q", label="Really", kind="switch")


@pytest.mark.parametrize(
    ("question", "typed", "answer"),
    [
        (NUMBER, "1", 1),
        (NUMBER, " 500 ", 500),
        (CHOICE, "b", "b"),
        (TEXT, "because", "because"),
        (TEXT, "  padded  ", "padded"),
        (TEXT, "nul\x00", "nul"),
        (OPTIONAL, "", None),
        (OPTIONAL, "   ", None),
        (SWITCH, "yes", True),
        (SWITCH, "", False),
    ],
)
def test_an_answer_is_read_in_its_type(question: Question, typed: str, answer: Any) -> None:
    assert answered((question,), {"q-q": typed}) == ({"q": answer}, {})


@pytest.mark.parametrize(
    ("question", "typed", "sentence"),
    [
        (NUMBER, "", "Fill this in."),
        (NUMBER, "0", "Use 1 or more."),
        (NUMBER, "501", "Use 500 or less."),
        (NUMBER, "-3", "Use 1 or more."),
        (NUMBER, "1.5", "Write a whole number."),
        (NUMBER, "²", "Write a whole number."),
        (NUMBER, "9" * 40, "Write a whole number."),
        (CHOICE, "c", "Choose one of the list."),
        (CHOICE, "", "Fill this in."),
        (TEXT, "x" * 11, "Use at most 10 characters; these are 11."),
        (TEXT, "\x00", "Fill this in."),
    ],
)
def test_a_wrong_answer_gets_a_sentence(question: Question, typed: str, sentence: str) -> None:
    assert answered((question,), {"q-q": typed})[1] == {"q": sentence}


@pytest.mark.parametrize("words", [{"many": True}, {"dangerous": True, "approval": "always"}])
def test_options_of_one_record_are_asked_about_one_record(words: dict[str, Any]) -> None:
    question = Question(name="q", label="Which", kind="choice", options=lambda _session, _record, _now: ())
    with pytest.raises(ValueError, match="options of one record"):
        Action(slug="x", label="X", model="tickets", permission="a:b:c", questions=(question,), **words)

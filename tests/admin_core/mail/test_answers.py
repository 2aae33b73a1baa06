"""What a mail server's answer means."""

import pytest

from admin_core.mail.answers import Step, judged

CASES: tuple[tuple[Step, int, str, str], ...] = (
    ("end", 250, "2.0.0 OK queued", "sent"),
    ("data", 354, "Go ahead", "sent"),
    ("rcpt", 450, "4.2.0 Greylisted", "later"),
    ("end", 452, "4.3.1 Full", "later"),
    ("mail", 451, "4.7.1 Too fast", "later"),
    ("mail", 530, "5.7.0 Authentication required", "unready"),
    ("mail", 553, "5.1.8 Sender unknown", "unready"),
    ("rcpt", 550, "5.1.1 User unknown", "bounced"),
    ("rcpt", 550, "No such user here", "bounced"),
    ("rcpt", 550, "5.2.1 Mailbox closed", "bounced"),
    ("rcpt", 550, "5.7.1 Relaying denied", "refused"),
    ("rcpt", 550, "relay not permitted", "refused"),
    ("rcpt", 554, "5.7.1 Blocked by policy", "refused"),
    ("rcpt", 550, "5.1.8 Bad sender", "refused"),
    ("rcpt", 552, "5.2.2 Mailbox full", "refused"),
    ("rcpt", 554, "no reason", "refused"),
    ("end", 550, "5.1.1 said too late", "refused"),
    ("data", 554, "5.6.0 Malformed", "refused"),
)


@pytest.mark.parametrize(("step", "code", "words", "kind"), CASES)
def test_an_answer_is_judged_by_step_code_and_words(step: Step, code: int, words: str, kind: str) -> None:
    outcome = judged(step, code, words.encode())
    assert outcome.kind == kind
    assert words not in outcome.sentence, "the server's words may hold an address"
    assert outcome.answer == f"{code} {words}"


def test_an_answer_that_is_no_text_is_kept_as_far_as_it_goes() -> None:
    assert judged("rcpt", 550, b"\xff\x00" * 2_000).answer.startswith("550 ")

"""Which customers look like one, decided over values."""

from dataclasses import dataclass

import pytest

from plugins.customers.rules.duplicates import likeness, normal_company, normal_email, similarity


@dataclass(frozen=True)
class Known:
    email: str = "nomsa@acme.co.za"
    phone: str | None = None
    company_name: str | None = None
    person_name: str | None = None


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (Known(), Known("Nomsa@Acme.co.za "), ("same e-mail",)),
        (Known("n.d@gmail.com"), Known("nd+jobs@googlemail.com"), ()),
        (Known("n.d@gmail.com"), Known("nd+jobs@gmail.com"), ("same e-mail",)),
        (Known("n.d@acme.co.za"), Known("nd@acme.co.za"), ()),
        (Known(phone="+27821234567"), Known("x@y.example", "082 123 4567"), ("same phone",)),
        (Known(), Known("x@y.example"), ()),
        (Known(company_name="Acme (Pty) Ltd"), Known("a@b.example", None, "ACME  PTY LTD."), ("same company",)),
        (Known(company_name="(Pty) Ltd"), Known("a@b.example", None, "Ltd"), ()),
        (Known(company_name="Acme Mining"), Known("hr@acme.co.za", None, "Acme Minning"),
         ("same domain and a similar name",)),
        (Known("a@gmail.com", None, "Acme Mining"), Known("b@gmail.com", None, "Acme Minning"), ()),
        (Known(person_name="Nomsa  Dlamini"), Known("a@b.example", person_name="nomsa dlamini"), ("same name",)),
    ],
)  # fmt: skip
def test_what_two_records_share(one: Known, other: Known, reasons: tuple[str, ...]) -> None:
    assert likeness(one, other).reasons == reasons
    assert likeness(other, one).reasons == reasons


def test_a_name_alone_is_no_sign_and_more_signs_weigh_more() -> None:
    name = likeness(Known("a@b.example", person_name="Thabo M"), Known(person_name="Thabo M"))
    assert not name.is_enough
    both = likeness(Known(phone="+27821234567"), Known(phone="+27821234567"))
    assert both.is_enough
    assert both.score == 100 > likeness(Known(), Known()).score


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("Acme (Pty) Ltd", "acme"), ("A & B Recruiters CC", "aandbrecruiters"), ("Limited Edition Inc.", "edition"),
        ("Zoë's  Café", "zoëscafé"), ("", ""),
    ],
)  # fmt: skip
def test_a_company_is_known_by_its_own_words(name: str, normal: str) -> None:
    assert normal_company(name) == normal


def test_what_is_no_address_stays_apart_from_others() -> None:
    assert normal_email("+tag@acme.co.za") == "+tag@acme.co.za"
    assert normal_email("x") != normal_email("y")
    assert similarity("", "") == 0
    assert similarity("acme", "acme") == 1

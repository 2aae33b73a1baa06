"""Templates: what is wrong with one is said before anybody waits for it, and no value breaks out of its place."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from admin_core.contributions import MailTemplate
from admin_core.mail.addresses import MailRefused, readable_address
from admin_core.mail.composing import composed
from admin_core.mail.configuration import MailSettings
from admin_core.mail.templates import OfferedTemplate, Templates
from admin_core.mail.words import html_of, problems, rendered
from schema.mail import MailClass, MailMessage

GOOD = MailTemplate(
    key="shop.hello",
    title="Hello",
    mail_class="service",
    subject="Hello {{ name }}",
    text="Dear {{ name }}, you are number {{ number }}.",
    variables={"name": "Ada", "number": 7},
)
SETTINGS = MailSettings(
    host="localhost", from_email="us@hireinbox.example", from_name="HireInbox", footer="Us, Cape Town"
)
NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)

MISTAKES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"text": "{{ name }} {{ number }} {{ color }}"}, "uses color without declaring it"),
    ({"html": "<p>{{ colour }}</p>"}, "uses colour without declaring it"),
    ({"variables": {"name": "a", "number": 1, "spare": "b"}}, "declares spare but never uses it"),
    ({"text": "{{ name {{ number }}"}, "The text cannot be read at line 1"),
    ({"text": "{% if name %}{{ number }}"}, "The text cannot be read"),
    ({"subject": "Hello {{ name }}\nBcc: all@example.com"}, "more than one line"),
    ({"subject": " "}, "The subject is empty"),
    ({"text": ""}, "The text is empty"),
    ({"subject": "Hello {{ name.upper() }}"}, "cannot be sent"),
    ({"subject": "Hello {{ name.__class__ }}"}, "cannot be sent"),
    ({"text": "{{ name }} {{ number * 99999999 }}"}, "cannot be sent"),
    ({"text": "{{ 'x' * 999999999 }} {{ name }} {{ number }}"}, "cannot be sent"),
    ({"text": "{{ name | center(999999999) }} {{ number }}"}, "cannot be read"),
    ({"text": "{{ name }} {{ number }}{% include 'admin/base.html' %}"}, "cannot be sent"),
    ({"text": "{{ name }} {{ range(3) }} {{ number }}"}, "uses range without declaring it"),
    ({"variables": {"name": "a", "number": 1, "product_name": "b"}}, "product_name, which every text has"),
    ({"mail_class": "transactional", "unsubscribe": True}, "nobody can unsubscribe"),
    ({"variables": {"name": 1.5, "number": 1}}, "texts and whole numbers only"),
)


@pytest.mark.parametrize(("words", "says"), MISTAKES)
def test_a_mistake_in_a_template_is_said_in_a_sentence(words: dict[str, Any], says: str) -> None:
    assert any(says in sentence for sentence in problems(replace(GOOD, **words))), problems(replace(GOOD, **words))


def test_a_good_template_has_no_problem() -> None:
    assert problems(GOOD) == []
    assert problems(replace(GOOD, text="{% for c in name %}{{ c }}{% endfor %} {{ product_name }} {{ number }}")) == []


@pytest.mark.parametrize(
    ("plugin", "key", "says"),
    [
        ("shop", "other.hello", "does not begin with shop"),
        ("shop", "shop.Hello There", "not plugin.lower-case-words"),
        ("shop", "shop.hello", "two of this key"),
    ],
)
def test_names_are_the_plugins_own_and_unique(plugin: str, key: str, says: str) -> None:
    templates = Templates.of([OfferedTemplate("shop", GOOD), OfferedTemplate(plugin, replace(GOOD, key=key))])
    assert any(says in sentence for _, sentence in templates.problems())


@pytest.mark.parametrize(
    "variables", [{}, {"name": "Ada"}, {"name": "Ada", "number": 1, "more": "x"}, {"name": None, "number": 1}]
)
def test_wrong_variables_are_refused_without_quoting_them(variables: Any) -> None:
    with pytest.raises(MailRefused) as refused:
        rendered(GOOD, variables, "HireInbox")
    assert "Ada" not in str(refused.value)


def test_values_are_escaped_in_html_and_not_in_text() -> None:
    words = rendered(replace(GOOD, html="<p>{{ name }} {{ number }}</p>"), {"name": "<b>&", "number": 1}, "HireInbox")
    assert words.text.startswith("Dear <b>&, ")
    assert words.html == "<p>&lt;b&gt;&amp; 1</p>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\n\nb\nc", "<p>a</p>\n<p>b<br>\nc</p>"),
        ("<script>", "<p>&lt;script&gt;</p>"),
        (
            "see https://a.example/x?a=1&b=2.",
            '<p>see <a href="https://a.example/x?a=1&amp;b=2">https://a.example/x?a=1&amp;b=2</a>.</p>',
        ),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ('https://a.example/"onclick=x', '<p><a href="https://a.example/">https://a.example/</a>&#34;onclick=x</p>'),
    ],
)
def test_text_becomes_html_that_says_the_same(text: str, html: str) -> None:
    assert html_of(text) == html


ANY = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
    [
        "a\r\nBcc: all@example.com",
        "a\nX: y",
        "\x85b",
        "\u2028c",
        "=?utf-8?q?=0d=0aBcc:_x?=",
        "=??Q?=0D0",
        "=?utf-8?b?DQpCY2M6IHg=?=",
        "\x0b\x0c\x1c",
        "é" * 40,
    ]
)


@given(name=ANY, text=ANY, to_name=ANY, marketing=st.booleans())
@example(name="", text="", to_name="=??Q?=0D0", marketing=False)
@settings(deadline=None)
def test_no_value_ever_makes_a_header(name: str, text: str, to_name: str, marketing: bool) -> None:
    template = replace(GOOD, text="{{ number }} {{ name }}", html="<p>{{ name }}{{ number }}</p>")
    words = rendered(template, {"name": name + text, "number": 1}, "HireInbox")
    mail_class = MailClass.MARKETING if marketing else MailClass.SERVICE
    message = MailMessage(
        id=uuid.UUID(int=1), mail_class=mail_class, to_email="nomsa@example.com", to_name=to_name,
        from_email="x@example.com", subject=words.subject, body_text=words.text, body_html=words.html,
    )  # fmt: skip
    url = "https://admin.example.com/u/token" if marketing else ""
    raw = composed(message, SETTINGS, unsubscribe_url=url, now=NOW).as_bytes()
    read = message_from_bytes(raw, policy=policy.SMTP)
    wanted = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"]
    wanted += ["Precedence", "List-Unsubscribe", "List-Unsubscribe-Post"] if marketing else []
    assert sorted(read.keys()) == sorted([*wanted, "MIME-Version", "Content-Type"])
    assert [address.addr_spec for address in read["To"].addresses] == ["nomsa@example.com"]
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "text",
    ["", "nomsa", "nomsa@", "a@b@c.example", "nomsa@example.com\r\nBcc: x@example.com", "Nomsa <nomsa@example.com>",
     "a b@example.com", "nömsa@example.com", "nomsa@example.com, finn@example.com", "nomsa@exam\x00ple.com"],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(MailRefused) as refused:
        readable_address(text)
    assert "omsa" not in str(refused.value)


def test_a_domain_of_another_script_is_written_as_servers_read_it() -> None:
    assert readable_address(" nomsa@bücher.example ") == "nomsa@xn--bcher-kva.example"

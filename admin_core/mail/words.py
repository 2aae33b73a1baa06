"""How a template becomes words: sandboxed, strict about variables, and never a second line in a header.

A template sees texts and whole numbers only. It can call nothing, repeat nothing and load nothing: whoever may edit
one must not be able to read or stall the server with it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from admin_core.contributions import MailTemplate
from admin_core.mail.addresses import MailRefused

COMMON = frozenset({"product_name"})
"""Variables every template may use without declaring them."""
FILTERS = (
    "abs", "capitalize", "default", "e", "escape", "first", "int", "last", "length", "lower", "replace", "round",
    "title", "trim", "truncate", "upper",
)  # fmt: skip
LONGEST_SUBJECT = 250
LONGEST_BODY = 200_000
PARTS = ("subject", "text", "html")
URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


@dataclass(frozen=True)
class Words:
    """A message in words."""

    subject: str
    text: str
    html: str


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja without calls, attributes, arithmetic that grows, global functions or a loader."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=autoescape, trim_blocks=True, lstrip_blocks=True)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}

    def is_safe_callable(self, _obj: Any) -> bool:
        """Refuse every call."""
        return False

    def is_safe_attribute(self, _obj: Any, _attr: str, _value: Any) -> bool:
        """Refuse every attribute."""
        return False

    def call_binop(self, _context: Any, operator: str, _left: Any, _right: Any) -> Any:
        """Refuse what could make a long text out of a short one."""
        raise SecurityError(f"the operator {operator} is not available")


PLAIN, ESCAPED = Sandbox(autoescape=False), Sandbox(autoescape=True)


def rendered(template: MailTemplate, variables: Mapping[str, str | int], product_name: str) -> Words:
    """Return the message in words, or raise MailRefused with a sentence that quotes no value."""
    require_variables(template, variables)
    values = {name: cleaned(value) for name, value in variables.items()} | {"product_name": product_name}
    try:
        subject = one_line(PLAIN.from_string(template.subject).render(values))[:LONGEST_SUBJECT]
        text = PLAIN.from_string(template.text).render(values).strip()
        html = ESCAPED.from_string(template.html).render(values).strip() if template.html else html_of(text)
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise MailRefused(f"The e-mail text {template.key} cannot be filled in: {type(error).__name__}.") from None
    if not subject or not text:
        raise MailRefused(f"The e-mail text {template.key} came out empty with these variables.")
    if len(text) + len(html) > LONGEST_BODY:
        raise MailRefused(f"The e-mail text {template.key} came out longer than {LONGEST_BODY} characters.")
    return Words(subject, text, html)


def require_variables(template: MailTemplate, variables: Mapping[str, str | int]) -> None:
    """Raise MailRefused unless exactly the declared variables are given, as texts and whole numbers."""
    missing, unknown = template.variables.keys() - variables.keys(), variables.keys() - template.variables.keys()
    if missing or unknown:
        listed = [
            f"{', '.join(sorted(names))} {what}"
            for names, what in ((missing, "missing"), (unknown, "unknown"))
            if names
        ]
        raise MailRefused(f"The e-mail text {template.key} was asked for with variables {' and '.join(listed)}.")
    if wrong := sorted(name for name, value in variables.items() if not isinstance(value, str | int)):
        raise MailRefused(f"The e-mail text {template.key} takes texts and whole numbers only: {', '.join(wrong)}.")


def cleaned(value: str | int) -> str | int:
    """Return a value without control characters; line ends become plain ones."""
    if isinstance(value, int):
        return value
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Zl", "Zp"})


def one_line(text: str) -> str:
    """Return the text on one line: nothing in it can begin a header of its own.

    ``=?`` is parted, since Python's mail package decodes encoded words in what it is given: ``=??Q?=0D0`` would become
    a line end after every check.
    """
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    words = "".join(c for c in kept if unicodedata.category(c) != "Cs").split()
    return " ".join(words).replace("=?", "= ?")


def html_of(text: str) -> str:
    """Return the text as HTML: paragraphs, line ends, and addresses of pages as links."""
    paragraphs = (part.strip() for part in re.split(r"\n\s*\n", text))
    return "\n".join(f"<p>{linked(part)}</p>" for part in paragraphs if part)


def linked(text: str) -> str:
    """Return escaped text in which web addresses are links and line ends are kept."""
    done, at = [], 0
    for found in URL.finditer(text):
        url = escape(found[0])
        done += [escape(text[at : found.start()]), Markup('<a href="{0}">{0}</a>').format(url)]
        at = found.end()
    done.append(escape(text[at:]))
    return "".join(done).replace("\n", "<br>\n")


def problems(template: MailTemplate) -> list[str]:
    """Return in sentences what is wrong with a template; none when it can be sent."""
    broken = [problem for part in PARTS if (problem := syntax_problem(part, getattr(template, part)))]
    if broken:
        return broken
    found = shape_problems(template) + variable_problems(template)
    if not found:
        try:
            rendered(template, template.variables, "Example")
        except MailRefused as refusal:
            found.append(f"With the examples it cannot be sent. {refusal}")
    return found


def syntax_problem(part: str, source: str) -> str:
    """Return what is wrong with the writing of one part; empty when nothing is."""
    try:
        PLAIN.compile(source)
    except TemplateSyntaxError as error:
        return f"The {part} cannot be read at line {error.lineno}: {error.message}."
    return ""


def shape_problems(template: MailTemplate) -> list[str]:
    """Return what is wrong with what every message needs."""
    found = [f"The {part} is empty." for part in ("title", "subject", "text") if not getattr(template, part).strip()]
    if one_line(template.subject) != template.subject.strip():
        found.append("The subject has more than one line.")
    if template.unsubscribe and template.mail_class in {"transactional", "internal"}:
        found.append(f"It is {template.mail_class}, so nobody can unsubscribe from it. Make it a service message.")
    return found


def variable_problems(template: MailTemplate) -> list[str]:
    """Return which variables are used but not declared, declared but not used, or taken."""
    used = set().union(*(meta.find_undeclared_variables(PLAIN.parse(getattr(template, part))) for part in PARTS))
    declared = template.variables.keys()
    sentences = (
        ("uses {} without declaring it", used - declared - COMMON),
        ("declares {} but never uses it", declared - used),
        ("declares {}, which every text has", declared & COMMON),
    )
    return [f"It {words.format(name)}." for words, names in sentences for name in sorted(names)]

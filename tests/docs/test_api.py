"""docs/api.md and what it leads to are true: requests get the answers below them, tables name what exists."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from admin_core.api import key_store, limits, models, repeats
from admin_core.contributions import ApiRoute
from plugins.catalog.rules.flags import REASONS, STALE_AFTER
from plugins.catalog.views.ofrep import CODES
from plugins.catalog.views.programs import ROUTES
from tests.journeys.api.programs import SCOPES, SENT, make_key
from tests.journeys.conftest import demo_database, site
from tests.journeys.site import Site

__all__ = ["demo_database", "site"]

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/api.md").read_text(encoding="utf-8")
FLAGS = (ROOT / "docs/integrations/flags.md").read_text(encoding="utf-8")
REQUEST = re.compile(r"```http\n(.*?)```", re.DOTALL)
EXAMPLES, FLAG_EXAMPLES = REQUEST.findall(TEXT), REQUEST.findall(FLAGS)
KIND = re.compile(r'"((?:[a-z]+-)+[a-z]+|invalid|refused)"')


def parts(example: str) -> tuple[str, dict[str, str], str, int, Any]:
    """Return address, headers and body of a request, then status and body of its answer."""
    head, *rest = example.strip().split("\n\n")
    first, *lines = head.splitlines()
    status, answer = rest[-1].split("\n", 1)
    return (
        first,
        dict(line.split(": ", 1) for line in lines),
        rest[0] if len(rest) > 1 else "",
        int(status),
        json.loads(answer),
    )


@pytest.mark.parametrize("example", EXAMPLES + FLAG_EXAMPLES)
def test_a_request_of_the_page_gets_the_answer_of_the_page(site: Site, example: str) -> None:
    first, headers, body, status, expected = parts(example)
    scopes = ("flags:evaluate",) if example in FLAG_EXAMPLES else SENT if "/customers" in example else SCOPES
    words = {"key": make_key(site, *scopes).text, "random": uuid4().hex}
    method, _, url = first.partition(" ")
    answer = site.app.test_client(use_cookies=False).open(
        url, method=method, data=body, headers={name: text.format(**words) for name, text in headers.items()}
    )
    assert answer.status_code == status, answer.text
    assert within(expected, answer.json), (expected, answer.json)


def within(expected: Any, found: Any) -> bool:
    """Return whether everything expected is there; more may be."""
    if isinstance(expected, dict):
        return all(name in found and within(value, found[name]) for name, value in expected.items())
    if isinstance(expected, list):
        return len(expected) == len(found) and all(map(within, expected, found))
    return bool(expected == found)


def test_the_page_has_examples_of_reading_and_writing() -> None:
    assert [example.split()[0] for example in EXAMPLES] == ["GET", "POST", "POST", "POST", "GET", "GET"]


def test_the_page_of_flags_names_every_code_reason_and_limit() -> None:
    assert len(FLAG_EXAMPLES) == 3
    named = {code for _, code in CODES.values()} | {"INVALID_CONTEXT", "GENERAL"} | set(REASONS.values())
    assert {word for word in named if f"`{word}`" not in FLAGS} == set()
    assert f"{ROUTES[0].largest_body // 1024} KiB" in FLAGS
    assert (STALE_AFTER.days, "thirty days" in FLAGS) == (30, True)


def test_every_kind_of_problem_stands_in_the_table() -> None:
    raised = set()
    for path in (ROOT / "admin_core/api").glob("*.py"):
        for call in re.findall(r"(?:Problem\(\s*\d{3}|stranger\()[^)]*", path.read_text()):
            raised |= set(KIND.findall(call))
    assert len(raised) > 15
    assert {kind for kind in raised if f"`{kind}`" not in TEXT} == set()


@pytest.mark.parametrize(
    "sentence",
    [
        f"within {key_store.REMEMBERED_S:.0f} seconds",
        f"more than {limits.FAILURES_PER_MINUTE} requests a minute",
        f"1 to {models.LARGEST_PAGE} ({models.USUAL_PAGE} when not given)",
        f"within {repeats.KEPT.total_seconds() / 3600:.0f} hours",
        f"{ApiRoute.largest_body // 1024} KiB",
    ],
)
def test_the_page_says_the_limits_that_hold(sentence: str) -> None:
    assert sentence in " ".join(TEXT.split())

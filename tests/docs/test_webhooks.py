"""docs/webhooks.md is true: its two verifiers run, and agree with what we send."""

import base64
import json
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from admin_core.outgoing.addresses import PORTS
from admin_core.outgoing.client import Limits
from admin_core.webhooks.emitting import body_of, envelope
from admin_core.webhooks.keys import OVERLAP
from admin_core.webhooks.schedule import JITTER, RETRIES
from admin_core.webhooks.signing import ID, SIGNATURE, TIMESTAMP, TOLERANCE, new_secret, signed_headers
from schema.api import IncomingWebhook, WebhookDelivery
from schema.tags import options_of

TEXT = (Path(__file__).parents[2] / "docs/webhooks.md").read_text(encoding="utf-8")
Verify = Callable[[str, dict[str, str], bytes], bool]
RUNNER = """
import {{ verify }} from "{module}";
const [secret, headers, body] = JSON.parse(process.argv[2]);
console.log(verify(secret, headers, Buffer.from(body, "base64")));
"""


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found
    return found[1]


def in_python(_tmp: Path) -> Verify:
    module = ModuleType("verifier")
    exec(compile(example("python"), "docs/webhooks.md", "exec"), vars(module))
    verify: Verify = module.verify
    return verify


def in_javascript(tmp: Path) -> Verify:
    (tmp / "verify.mjs").write_text(example("javascript"))
    (tmp / "run.mjs").write_text(RUNNER.format(module=tmp / "verify.mjs"))

    def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
        given = json.dumps([secret, headers, base64.b64encode(body).decode()])
        done = subprocess.run(["node", tmp / "run.mjs", given], capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.strip() == "true"

    return verify


@pytest.mark.parametrize("language", [in_python, in_javascript])
def test_the_verifiers_take_our_messages_and_nothing_else(language: Callable[[Path], Verify], tmp_path: Path) -> None:
    verify = language(tmp_path)
    old, new, now = new_secret(), new_secret(), datetime.now(UTC)
    body = body_of(envelope("ping", {"endpoint": "Ünï ✓"}))
    headers = signed_headers([new, old], "evt_1", now, body)
    assert verify(new, headers, body)
    assert verify(old, headers, body)
    assert not verify(new_secret(), headers, body)
    assert not verify(new, headers, body + b" ")
    assert not verify(new, {**headers, ID: "evt_2"}, body)
    assert not verify(new, {**headers, TIMESTAMP: str(int(now.timestamp()) - 1)}, body)
    assert not verify(new, {**headers, TIMESTAMP: "x"}, body)
    assert not verify(new, {**headers, SIGNATURE: "v1, v2,abc"}, body)
    for apart in (timedelta(hours=-1), timedelta(hours=1)):
        assert not verify(new, signed_headers([new], "evt_1", now + apart, body), body)


def test_the_page_says_the_figures_that_hold() -> None:
    seconds = [int(pause.total_seconds()) for pause in RETRIES]
    assert seconds == [5, 300, 1800, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24))]
    assert "5 seconds, 5 and 30 minutes, and 2, 5, 10, 14, 20 and 24 hours" in " ".join(TEXT.split())
    assert JITTER == 1 / 5
    assert "Answer 2xx within 15 seconds" in TEXT
    assert Limits().total_s == 15
    assert timedelta(minutes=5) == TOLERANCE
    assert timedelta(hours=24) == OVERLAP
    assert sorted(PORTS) == [443, 8443]
    kept = [options_of(model).retention for model in (WebhookDelivery, IncomingWebhook)]
    assert [found.days for found in kept if found] == [30, 180]

"""Reports of the log: what a stranger can check, what a spreadsheet can open, what somebody signs off."""

import csv
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from admin_core.audit.filters import read_filter
from admin_core.audit.proving import Wanted
from admin_core.audit.reports import write_report
from schema.audit import AuditCategory, AuditOutcome
from tests.admin_core.audit.ledger import Ledger, sample
from tests.admin_core.audit.test_commands import command

DOC = Path(__file__).parents[3] / "docs/audit.md"


def report(ledger: Ledger, form: str, clear: frozenset[str] = frozenset(), **words: str) -> bytes:
    output, wanted = io.BytesIO(), Wanted(more=read_filter(words).wanted)
    write_report(ledger.database, form, wanted, output, ("HireInbox", clear))
    return output.getvalue()


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def full(ledger: Ledger) -> None:
    """Seal a log with refusals, exports and more entries than a page of a PDF holds."""
    for number in range(120):
        ledger.record(sample(number, action="permission.refused", outcome=AuditOutcome.REFUSED))
    ledger.record(sample(1, category=AuditCategory.EXPORT, action="data.export", row_count=12_480))
    ledger.record(sample(2, reason="=cmd()", ip="196.25.1.7", action="customers.edited"))
    ledger.sealer.seal_all()


def test_a_pdf_says_counts_refusals_exports_and_how_the_log_stands_on_numbered_pages(ledger: Ledger) -> None:
    full(ledger)
    pdf = report(ledger, "pdf")
    pages = pages_of(pdf)
    text = " ".join(" ".join(pages).split())
    for words in (
        "HireInbox: audit report", "122 sealed entries", "permission.refused", "and more", "data.export", "12 480",
        "Checkpoint 1 of log-1, signed by ed25519-", "No checkpoint was copied outside", "The log was never verified.",
        "Signed off", "Refusals", "Exports and downloads", "Who acted",
    ):  # fmt: skip
        assert words in text.replace("\u00a0", " "), words
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page


def test_a_pdf_of_nothing_says_so(ledger: Ledger) -> None:
    text = " ".join(pages_of(report(ledger, "pdf")))
    assert "0 sealed entries, no entry." in text
    assert "Nothing is sealed yet." in text


def test_a_report_is_narrowed_and_says_how(ledger: Ledger) -> None:
    full(ledger)
    text = " ".join(" ".join(pages_of(report(ledger, "pdf", category="export"))).split())
    assert "1 sealed entries" in text
    assert "category: export" in text
    rows = list(csv.DictReader(report(ledger, "csv", outcome="refused").decode().splitlines()))
    assert len(rows) == 120


@pytest.mark.parametrize(
    ("clear", "shown"),
    [(("ip", "reason"), ("196.25.1.7", "'=cmd()")), (("ip",), ("196.25.1.7", "•••")), ((), ("•••", "•••"))],
)
def test_a_csv_masks_what_is_personal_and_runs_no_formula(
    ledger: Ledger, clear: tuple[str, ...], shown: tuple[str, str]
) -> None:
    full(ledger)
    rows = list(
        csv.DictReader(report(ledger, "csv", clear=frozenset(clear), action="customers.edited").decode().splitlines())
    )
    assert [(row["ip"], row["reason"]) for row in rows] == [shown]


def test_the_short_script_of_the_manual_checks_an_export_and_finds_a_forgery(ledger: Ledger, tmp_path: Path) -> None:
    full(ledger)
    found = re.search(r"```python\n(# check\.py.*?)```", DOC.read_text(), re.DOTALL)
    assert found
    assert len([line for line in found[1].splitlines() if line.strip()]) <= 30
    script, export = tmp_path / "check.py", tmp_path / "export.jsonl"
    script.write_text(found[1])
    export.write_bytes(report(ledger, "jsonl"))

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, script, export], capture_output=True, text=True, check=False)

    good = check()
    assert (good.returncode, good.stdout) == (0, f"122 entries are in the log signed by {ledger.sealer.signer.id}.\n")
    for before, after in (
        ("data.export", "data.detail"),
        ('"root":"', '"root":"0'),
        ('"position":5,', '"position":6,'),
    ):
        export.write_bytes(report(ledger, "jsonl").replace(before.encode(), after.encode(), 1))
        assert check().returncode == 1, before


def test_reports_come_from_the_command_line_and_are_entries_themselves(ledger: Ledger, tmp_path: Path) -> None:
    full(ledger)
    path = tmp_path / "report.pdf"
    done = command(ledger, "export", "--format", "pdf", "--output", str(path), "--only", "category=export")
    assert (done.exit_code, "1 entries." in done.output) == (0, True)
    assert "data.export" in " ".join(pages_of(path.read_bytes()))
    assert ledger.value("SELECT row_count FROM admin.audit_entries WHERE action = 'audit.exported'") == 1
    assert "name a file" in command(ledger, "export", "--format", "pdf").output
    assert command(ledger, "export", "--only", "category=nonsense").exit_code == 2
    assert command(ledger, "export", "--only", "nonsense").exit_code == 2

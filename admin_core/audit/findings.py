"""What a verification found: tampering by kind and place, doubts that keep it from a verdict, and counts."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

Kind = Literal[
    "entry", "mac", "copy", "values", "shown", "redaction", "missing", "gap", "order", "root", "signature", "chain",
    "truncated", "rewritten", "unqueued", "key", "prune", "look",
]  # fmt: skip
Verdict = Literal["clean", "tampered", "inconclusive"]
EXIT: dict[Verdict, int] = {"clean": 0, "tampered": 1, "inconclusive": 2}
SHOWN_FINDINGS = 50


@dataclass(frozen=True)
class Finding:
    """One thing that cannot be without somebody's doing. ``position`` is the first that is wrong."""

    kind: Kind
    sentence: str
    log: str = ""
    position: int | None = None
    entry_id: UUID | None = None

    def words(self) -> dict[str, Any]:
        """Return the finding for JSON."""
        entry = str(self.entry_id) if self.entry_id else None
        return {"kind": self.kind, "log": self.log, "position": self.position, "entry": entry, "says": self.sentence}


@dataclass
class Report:
    """Grows while a verification runs; keeps the first findings and counts all."""

    findings: list[Finding] = field(default_factory=list)
    found: int = 0
    doubts: list[str] = field(default_factory=list)
    late: str = ""
    """Entries wait for longer than a running sealer lets them: a doubt that sealing ends."""
    notes: list[str] = field(default_factory=list)
    entries: int = 0
    checkpoints: int = 0
    anchors: int = 0
    unsealed: int = 0
    redacted: int = 0
    pruned: int = 0

    def add(self, finding: Finding) -> None:
        """Keep a finding."""
        self.found += 1
        if len(self.findings) < SHOWN_FINDINGS:
            self.findings.append(finding)

    @property
    def verdict(self) -> Verdict:
        """What to conclude."""
        if self.found:
            return "tampered"
        return "inconclusive" if self.open_questions else "clean"

    @property
    def open_questions(self) -> list[str]:
        """Everything that keeps it from a verdict, a sentence each."""
        return [*self.doubts, *([self.late] if self.late else [])]

    @property
    def headline(self) -> str:
        """The result in one sentence."""
        looked = f"{self.entries} sealed entries, {self.checkpoints} checkpoints, {self.anchors} anchors"
        if self.verdict == "clean":
            return f"Clean: {looked}; {self.unsealed} wait to be sealed."
        if self.verdict == "tampered":
            return f"TAMPERED: {self.found} findings in {looked}. First: {self.findings[0].sentence}"
        return f"Inconclusive: {looked}. {self.open_questions[0]}"

    def lines(self) -> list[str]:
        """Return the result for a terminal."""
        counts = f"{self.redacted} entries lost their values by redaction, {self.pruned} were pruned."
        parts = [self.headline, *(f"  [{f.kind}] {f.sentence}" for f in self.findings)]
        if self.found > len(self.findings):
            parts.append(f"  … and {self.found - len(self.findings)} more.")
        return [
            *parts,
            *(f"  [doubt] {doubt}" for doubt in self.open_questions),
            *(f"  {n}" for n in self.notes),
            f"  {counts}",
        ]

    def words(self) -> dict[str, Any]:
        """Return the result for JSON."""
        counted = ("entries", "checkpoints", "anchors", "unsealed", "redacted", "pruned", "found", "notes")
        return {
            "verdict": self.verdict,
            "findings": [finding.words() for finding in self.findings],
            "doubts": self.open_questions,
            **{name: getattr(self, name) for name in counted},
        }

"""Goes through a whole file, in a dry run or for good, and says what became of its rows. No request, no job here."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from admin_core.exports.files import content
from admin_core.exports.texts import FORMATS, Format
from admin_core.generator.ids import as_text
from admin_core.imports.keeping import Findings, Sample
from admin_core.imports.mapping import WRONG
from admin_core.imports.records import VERDICTS, Judged
from admin_core.imports.tables import Row, Source

BATCH = 200
MOST_SAMPLES, MOST_PROBLEMS = 20, 200
SHOWN = 200
"""Characters of a value in a sample."""
QUOTED = re.compile("“[^”]*”")


@dataclass
class Tally:
    """What became of the rows so far."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VERDICTS, 0))
    samples: list[Sample] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    refused: list[tuple[Sequence[Any], str]] = field(default_factory=list)
    """Cells and reason of every refused row."""

    def add(self, judged: Iterable[Judged]) -> None:
        """Count a batch, and keep what the page shows of it."""
        for one in judged:
            self.counts[one.verdict] += 1
            if one.verdict == "refused":
                self.refused.append((one.cells, reasons(one)))
                self.problems += [(one.number, each.label, each.sentence) for each in one.problems]
                del self.problems[MOST_PROBLEMS:]
            elif one.verdict != "unchanged" and len(self.samples) < MOST_SAMPLES:
                self.samples.append(sample_of(one))

    @property
    def written(self) -> int:
        """Rows that are, or would be, created or changed."""
        return self.counts["new"] + self.counts["changed"]

    def findings(self, before: Findings) -> Findings:
        """Return what is kept for the page."""
        return replace(before, samples=tuple(self.samples), problems=tuple(self.problems))


def reasons(one: Judged) -> str:
    """Return why a row was refused."""
    return " ".join(str(problem) for problem in one.problems)


def without_values(sentence: str) -> str:
    """Return a sentence without what somebody typed: it stands where more people read it."""
    return QUOTED.sub("“…”", sentence)


def sample_of(one: Judged) -> Sample:
    """Return what a row changes, as the form shows it."""
    draft = one.draft
    assert draft is not None
    fields = []
    for key, value in draft.changes.items():
        slot = draft.slots[key]
        before = slot.text_of(draft.stored.values.get(key)) if draft.stored else ""
        fields.append((key, before[:SHOWN], shown(slot.text_of, value)[:SHOWN]))
    return Sample(one.number, draft.stored.id if draft.stored else "", tuple(fields))


def shown(text_of: Any, value: Any) -> str:
    """Return a value as text; the JSON word null has no other."""
    try:
        return str(text_of(value))
    except TypeError:
        return as_text(value)


def batches(rows: Iterator[Row], size: int = BATCH) -> Iterator[list[Row]]:
    """Yield rows in batches."""
    while batch := list(islice(rows, size)):
        yield batch


def refused_format(source: Source) -> Format:
    """Return the format in which refused rows are given back: the one they came in."""
    return FORMATS[{"xlsx": "xlsx", "jsonl": "jsonl", "csv": "excel"}[source]]


def refused_file(source: Source, headings: Sequence[str], refused: Iterable[tuple[Sequence[Any], str]]) -> bytes:
    """Return the refused rows as a file to correct and upload again: as they were, and what is wrong with each."""
    kept = [place for place, heading in enumerate(headings) if heading != WRONG]
    names = [*(headings[place] for place in kept), WRONG]
    records = ([*(cells[place] for place in kept), why] for cells, why in refused)
    return b"".join(content(refused_format(source), names, [records]))

"""The summary as a PDF to sign off and file. The same summary makes the same bytes."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from admin_core.audit.summary import Summary
from admin_core.theme.formats import absolute, number

FONT, BOLD = "Vera", "VeraBd"
TEXT = ParagraphStyle("text", fontName=FONT, fontSize=8.5, leading=12)
CELL = ParagraphStyle("cell", parent=TEXT, fontSize=7.5, leading=10)
HEAD = ParagraphStyle("head", parent=TEXT, fontName=BOLD, fontSize=11, leading=15, spaceBefore=10, spaceAfter=4)
TITLE = ParagraphStyle("title", parent=TEXT, fontName=BOLD, fontSize=16, leading=22)
LINES = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#c5cad3")),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#eef0f4")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
)
WIDE = (32 * mm, 38 * mm, 45 * mm, 40 * mm, 15 * mm)
LINE_HEADS = ("When", "Who", "What", "About", "Rows")


class NumberedCanvas(Canvas):  # type: ignore[misc]  # ReportLab is untyped
    """A canvas that knows, when it is saved, how many pages there are."""

    def __init__(self, *arguments: Any, **words: Any) -> None:
        super().__init__(*arguments, **words)
        self.kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 (ReportLab's name)
        """Keep the page until the last one is known."""
        self.kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Put the numbers on, then write."""
        for page, state in enumerate(self.kept, 1):
            self.__dict__.update(state)
            self.setFont(FONT, 7.5)
            self.drawRightString(A4[0] - 18 * mm, 10 * mm, f"Page {page} of {len(self.kept)}")
            super().showPage()
        super().save()


def pdf_of(summary: Summary, product: str) -> bytes:
    """Return the document."""
    for name in (FONT, BOLD):  # they come with ReportLab; its built-in ones know no letter beyond Latin-1
        pdfmetrics.registerFont(TTFont(name, str(Path(reportlab.__file__).parent / "fonts" / f"{name}.ttf")))
    output = BytesIO()
    document = SimpleDocTemplate(
        output, pagesize=A4, title=f"{product}: audit report", author=product, invariant=1,
        leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm, bottomMargin=18 * mm,
    )  # fmt: skip
    document.build(story(summary, product), canvasmaker=NumberedCanvas)
    return output.getvalue()


def story(summary: Summary, product: str) -> list[Any]:
    """Return the parts of the document, in their order."""
    asked = "; ".join(f"{name}: {value}" for name, value in summary.asked.items()) or "everything"
    times = (summary.first_at, summary.last_at)
    span = " to ".join(absolute(at) for at in times if at) or "no entry"
    return [
        Paragraph(escape(f"{product}: audit report"), TITLE),
        text(f"Asked for: {asked}. Made {absolute(summary.made_at)}."),
        text(f"{number(summary.entries)} sealed entries, {span}."),
        Paragraph("Integrity", HEAD),
        *(text(sentence) for sentence in summary.statements),
        text("Each entry can be proved by itself: export the same period as JSONL, and see docs/audit.md."),
        Paragraph("Entries by kind and outcome", HEAD),
        table(("Kind", "Outcome", "Entries"), [(c, o, number(n)) for c, o, n in summary.by_category]),
        Paragraph("Who acted", HEAD),
        table(("Who", "Entries"), [(who, number(count)) for who, count in summary.by_actor]),
        Paragraph("Refusals", HEAD),
        table(LINE_HEADS, summary.refusals, WIDE),
        Paragraph("Exports and downloads", HEAD),
        table(LINE_HEADS, summary.exports, WIDE),
        Paragraph("Signed off", HEAD),
        Spacer(1, 12 * mm),
        text("Name: ______________________________    Date: ______________    Signature: ______________________"),
    ]


def text(words: str) -> Paragraph:
    """Return a paragraph of plain text."""
    return Paragraph(escape(words), TEXT)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float] | None = None) -> Any:
    """Return a table whose head stands on every page; a sentence when it has no rows."""
    if not rows:
        return text("None.")
    cells = [[Paragraph(escape(str(each)), CELL) for each in row] for row in (heads, *rows)]
    return Table(cells, colWidths=widths, repeatRows=1, style=LINES, hAlign="LEFT")

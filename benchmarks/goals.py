"""The goals P1 to P11 and P20 as comparisons of one run's figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.measuring import Times
from benchmarks.statements import Work

Figures = Mapping[str, Mapping[str, Times]]
GROWS = (
    "list_p1", "list_deep", "list_last", "sort_p1", "sort_deep", "sort_last", "email", "look_up", "filter", "detail",
    "edit_get", "form_reference", "pay_p1", "pay_deep", "pay_last", "pay_sort_p1", "pay_sort_last", "pay_detail",
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """One comparison."""

    goal: str
    what: str
    value: float
    limit: float
    unit: str = " times"

    @property
    def passed(self) -> bool:
        """Whether the figure is within its goal."""
        return self.value <= self.limit


def verdicts(figures: Figures, works: Mapping[str, Work], sorts: Mapping[str, Times]) -> Iterator[Verdict]:
    """Yield every comparison of the goals."""
    run = Run(figures)
    yield from compared(run)
    yield from walked(run, sorts)
    for page in GROWS:
        yield Verdict("P4", f"{page}, ten times the rows", run.p50(page) / run.p50(page, "ours_tenth"), 1.3)
    for name, work in works.items():
        yield Verdict("P8", f"{name}, statements", work.statements, 6, "")
        yield Verdict("P8", f"{name}, SQL", work.ms, 10, " ms")
    for page, limit, goal in (("form_reference", 50, "P10"), ("list_p1", 100, "P11"), ("pay_p1", 100, "P11")):
        yield Verdict(goal, f"{page}, HTML", figures[page]["ours"].size / 1000, limit, " kB")


@dataclass(frozen=True)
class Run:
    """The times of one run, compared."""

    figures: Figures

    def p50(self, page: str, peer: str = "ours") -> float:
        """Return a median."""
        return self.figures[page][peer].p50

    def against(self, goal: str, page: str, limit: float, peer: str = "stock") -> Verdict:
        """Compare a page of ours with the same page of a peer."""
        return Verdict(goal, f"{page} / {peer}", self.p50(page) / self.p50(page, peer), limit)

    def beside(self, goal: str, page: str, other: str, limit: float) -> Verdict:
        """Compare a page of ours with another of ours."""
        return Verdict(goal, f"{page} / our {other}", self.p50(page) / self.p50(other), limit)


def compared(run: Run) -> Iterator[Verdict]:
    """Yield what is compared with peers and with our own first page."""
    yield run.against("P1", "list_p1", 0.35)
    yield run.against("P1", "list_p1", 10, "floor")
    yield run.against("P2", "pay_p1", 0.10)
    yield run.beside("P2", "pay_p1", "list_p1", 1.2)
    yield run.against("P5", "email", 0.05, "plain")
    yield run.beside("P5", "email_list", "list_p1", 1.2)
    yield run.beside("P5", "email", "list_p1", 1.2)
    yield run.beside("P5", "look_up", "list_p1", 1.2)
    for page in ("frequent", "rare", "none"):
        yield run.against("P6", page, 0.15, "plain")
        yield run.beside("P6", f"{page}_list", "list_p1", 2.5)
        yield run.beside("P6", page, "list_p1", 2.5)
    yield run.against("P7", "filter", 0.35)
    yield run.against("P9", "detail", 1.5)
    yield run.against("P9", "edit_get", 1.5)
    yield run.against("P9", "edit_post", 2)
    yield run.beside("P10", "form_reference", "form_plain", 1.5)
    yield run.beside("P10", "form_reference", "edit_get", 1.5)


def walked(run: Run, sorts: Mapping[str, Times]) -> Iterator[Verdict]:
    """Yield how deep pages compare with first ones."""
    pages = {
        "list_p1": ("list_deep", "list_last"),
        "sort_p1": ("sort_deep", "sort_last"),
        "pay_p1": ("pay_deep", "pay_last"),
        "pay_sort_p1": ("pay_sort_last",),
    }
    for first, others in pages.items():
        for other in others:
            yield run.beside("P3", other, first, 1.2)
    for table, own in (("customers", "customers -signup_at"), ("payments", "payments -created_at")):
        of_table = {name: times.p50 for name, times in sorts.items() if name.startswith(table)}
        slowest = max(of_table, key=of_table.__getitem__)
        what = f"slowest of {len(of_table)} first and last pages of {table} by any sort ({slowest}) / page 1"
        yield Verdict("P3", what, of_table[slowest] / of_table[own], 1.2)

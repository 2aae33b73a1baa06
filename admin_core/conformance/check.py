"""What a check is, and what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from admin_core.conformance.stage import Stage


@dataclass(frozen=True)
class Check:
    """One thing that holds for every plugin."""

    id: str
    sentence: str
    """What holds."""
    find: Callable[[Stage], Iterable[str]]
    """Returns one sentence for each place where it does not."""

    def __str__(self) -> str:
        return self.id

    def findings(self, stage: Stage) -> list[str]:
        """Return what breaks it; a check that the plugin makes impossible says why."""
        try:
            return list(self.find(stage))
        except Exception as error:  # noqa: BLE001 (a plugin may raise anything, anywhere)
            return [f"It could not be checked: {type(error).__name__}: {error}"]


@dataclass(frozen=True)
class Result:
    """What came of one check."""

    check: Check
    findings: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True when nothing was found."""
        return not self.findings

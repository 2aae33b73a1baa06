"""What a job is: declared by core and by plugins, looked up by its slug. Knows no web, no queue, no database."""

import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from croniter import croniter

QUEUES = ("high", "default", "low")
"""Workers empty them in this order."""

CatchUp = Literal["latest", "all", "skip"]
"""What happens to slots that passed while no scheduler ran: run the latest, run each of them, or none."""

SLUG = re.compile(r"[a-z0-9_]+(?:[.-][a-z0-9]+)*")
LONGEST_SLUG = 80


@dataclass(frozen=True, kw_only=True)
class Job:
    """A function that a worker runs, on a clock or when asked. It must be safe to run twice."""

    slug: str
    """Names the job everywhere: ``plugin.what-is-true-afterwards``."""
    run: str | Callable[..., str | None]
    """The function, or its dotted path; it takes a ``JobRun`` and may return a sentence about what it did."""
    title: str = ""
    queue: str = "default"
    cron: str = ""
    """Five fields, read in Africa/Johannesburg. Empty: only when asked."""
    catch_up: CatchUp = "latest"
    timeout_s: int = 600
    """Of one try; a try that takes longer is stopped and counted as failed."""
    max_attempts: int = 5
    unique: bool = False
    """True: while one with the same arguments is unfinished, asking again returns that one."""
    measures: tuple[str, ...] = ()
    """Tables that take figures of the moment: run again, the job may write newer ones, but no further row."""
    routine: bool = False
    """True: runs so often, or so much by the clock, that the audit log tells of its good runs once a day, in sum."""

    def __post_init__(self) -> None:
        """Refuse what could only fail later, at night."""
        if not SLUG.fullmatch(self.slug) or len(self.slug) > LONGEST_SLUG:
            raise ValueError(f"Job slug {self.slug!r} is not lower-case words joined by dots and dashes.")
        if self.queue not in QUEUES:
            raise ValueError(f"Job {self.slug} names queue {self.queue!r}. Queues: {', '.join(QUEUES)}.")
        if self.cron and not (len(self.cron.split()) == 5 and croniter.is_valid(self.cron)):  # noqa: PLR2004 five fields
            raise ValueError(f"Job {self.slug} has cron {self.cron!r}; five fields are needed, e.g. '0 6 * * *'.")
        if self.timeout_s < 1 or self.max_attempts < 1:
            raise ValueError(f"Job {self.slug} needs timeout_s and max_attempts of at least 1.")
        if isinstance(self.run, str) and "." not in self.run:
            raise ValueError(f"Job {self.slug} runs {self.run!r}; a dotted path such as plugins.x.jobs.f is needed.")

    @property
    def label(self) -> str:
        """The title, else the slug's last part in words."""
        return self.title or self.slug.rsplit(".", 1)[-1].replace("-", " ").capitalize()

    def function(self) -> Callable[..., str | None]:
        """Return the function, imported when it was given as a path."""
        if not isinstance(self.run, str):
            return self.run
        module, _, name = self.run.rpartition(".")
        found: Any = getattr(importlib.import_module(module), name)
        if not callable(found):
            raise TypeError(f"Job {self.slug}: {self.run} is not a function.")
        function: Callable[..., str | None] = found
        return function


class UnknownJobError(LookupError):
    """No job of this slug is declared: its plugin is missing, disabled or misspelt."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"No job is called {slug}. Its plugin may be disabled, or the name misspelt.")


@dataclass(frozen=True)
class JobRegistry:
    """The declared jobs of this process, by slug."""

    jobs: dict[str, Job] = field(default_factory=dict)

    @classmethod
    def of(cls, jobs: Iterable[Job]) -> "JobRegistry":
        """Return a registry of these jobs, refusing two of one slug."""
        found: dict[str, Job] = {}
        for job in jobs:
            if job.slug in found:
                raise ValueError(f"Two jobs are called {job.slug}.")
            found[job.slug] = job
        return cls(found)

    def __getitem__(self, slug: str) -> Job:
        """Return the job, or raise UnknownJobError."""
        if slug not in self.jobs:
            raise UnknownJobError(slug)
        return self.jobs[slug]

    def __iter__(self) -> Iterator[Job]:
        """Yield the jobs in the order of their slugs."""
        return iter(sorted(self.jobs.values(), key=lambda job: job.slug))

    def __contains__(self, slug: object) -> bool:
        """Return whether a job of this slug is declared."""
        return slug in self.jobs

    @property
    def slugs(self) -> frozenset[str]:
        """The names of all of them."""
        return frozenset(self.jobs)

    def load(self) -> None:
        """Import every function, so that a misspelt path fails at start-up and forked processes find it in memory."""
        for job in self:
            job.function()

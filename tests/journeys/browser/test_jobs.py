"""A job fails, the owner reads why, runs it again and watches it, also in the tray; a viewer may not look."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from admin_core.jobs.declared import Job, JobRegistry
from admin_core.jobs.enqueue import Origin, enqueue
from admin_core.jobs.errors import JobFailed
from admin_core.jobs.perform import Runner
from admin_core.jobs.run import Chunk, JobRun, Json
from schema.jobs import Job as JobRow
from schema.staff import Role, StaffMember
from tests.journeys.browser.place import Place

TOTAL = 1_200


class Work:
    """A job that fails once, and the second time goes on as far as it is let."""

    def __init__(self) -> None:
        self.broken = True
        self.steps = threading.Semaphore(0)

    def run(self, run: JobRun) -> str:
        if self.broken:
            raise JobFailed("The mail server refused the sender's address.")

        def work(_session: Session, at: Json) -> Chunk:
            assert self.steps.acquire(timeout=30)
            done = int(at.get("done", 0)) + TOTAL // 3
            return Chunk(at={"done": done}, done=done, total=TOTAL, note="Sending", is_last=done == TOTAL)

        return f"Sent {run.chunks(work)} letters."


@pytest.fixture
def work(place: Place) -> Iterator[Work]:
    yield Work()
    with place.machine.database.transaction() as session:
        session.execute(sa.delete(JobRow))


@pytest.fixture
def failed(place: Place, work: Work) -> tuple[UUID, Runner]:
    """Return a job of the owner that has failed, and the worker that knows it."""
    letters = Job(slug="test.letters", run=work.run, title="Send the letters")
    runner = Runner(replace(place.machine, jobs=JobRegistry.of([letters])))
    with place.machine.database.transaction() as session:
        owner = sa.select(StaffMember.id).where(StaffMember.roles.any(Role.name == "Owner"))
        owner = owner.order_by(StaffMember.create_datetime, StaffMember.id).limit(1)  # whom the link signs in
        asked = Origin(actor_id=session.scalars(owner).one(), title="Letters of November")
        job_id = enqueue(session, letters, origin=asked)
    assert runner.perform(job_id)
    return job_id, runner


def test_the_owner_reads_why_a_job_failed_runs_it_again_and_watches_it(
    page: Page, place: Place, work: Work, failed: tuple[UUID, Runner]
) -> None:
    job_id, runner = failed
    page.goto("/admin/system/jobs")
    row = page.get_by_role("row").filter(has_text="Letters of November")
    expect(row).to_contain_text("The mail server refused the sender's address.")
    row.get_by_role("link").click()
    expect(page.get_by_role("alert")).to_contain_text("The mail server refused the sender's address.")
    work.broken = False
    page.get_by_role("button", name="Retry job").click()
    expect(page.locator("#toasts")).to_contain_text("goes on from its last checkpoint")
    worker = threading.Thread(target=runner.perform, args=(job_id,))
    worker.start()
    try:
        for done in ("400", "800"):  # the page changes without being touched
            work.steps.release()
            expect(page.locator(".progress-words")).to_contain_text(f"{done} of 1\u00a0200")
        work.steps.release()
        expect(page.locator("main")).to_contain_text("Sent 1200 letters.")
    finally:
        work.steps.release(3)
        worker.join()
    expect(page.locator("[data-live]")).to_have_count(0)


def test_the_tray_follows_the_person_s_job(page: Page, work: Work, failed: tuple[UUID, Runner]) -> None:
    page.goto("/admin/")
    page.get_by_label("Jobs", exact=True).click()
    tray = page.locator(".tray")
    expect(tray).to_contain_text("The mail server refused the sender's address.")
    page.keyboard.press("Escape")
    expect(tray).to_be_hidden()
    job_id, runner = failed
    work.broken = False
    work.steps.release(3)
    with runner.database.transaction() as session:
        session.execute(
            sa.update(JobRow).where(JobRow.id == job_id).values(state="waiting", finished_at=None, error=None)
        )
    assert runner.perform(job_id)
    page.get_by_label("Jobs", exact=True).click()
    expect(tray).to_contain_text("Sent 1200 letters.")
    tray.get_by_role("link", name="Letters of November").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Letters of November")


def test_otto_may_not_look_at_jobs(open_page: Callable[[str], Page], failed: tuple[UUID, Runner]) -> None:
    viewer = open_page("Viewer")
    for url in ("/admin/system/jobs", f"/admin/system/jobs/{failed[0]}"):
        answer = viewer.goto(url)
        assert answer
        assert answer.status == 403
        expect(viewer.locator(".error-sentence")).to_contain_text("may not")
    viewer.goto("/admin/jobs")
    expect(viewer.locator("main")).to_contain_text("Nothing is running for you.")

"""The page Sources in a browser: clean for axe, within a narrow screen, from a mapping to its record and back."""

from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from schema.sources import RunState, SourceMapping, SourceReject, SourceRun
from tests.journeys.browser.place import Place
from tests.journeys.browser.test_pages import grave

URL = "/admin/system/sources"


def declare(place: Place, name: str, state: RunState, refused: int = 0, error: str | None = None) -> None:
    with place.machine.database.transaction() as session:
        row = SourceMapping(
            name=name, source_table="public.users", target="customers", columns={}, last_run_at=datetime.now(UTC)
        )
        row.runs = [SourceRun(state=state, rows_read=128_450, inserted=12, updated=7, error=error)]
        row.rejects = [SourceReject(source_key=str(n), reason="Status is empty.", payload={}) for n in range(refused)]
        session.add(row)


def test_how_mappings_stand_and_one_is_paused(page: Page, place: Place) -> None:
    declare(place, "users-2019", RunState.DONE, refused=3)
    why = "The other database refused: column t.company does not exist."
    declare(place, "accounts-2023", RunState.FAILED, error=why)
    page.goto(URL)
    expect(page.get_by_role("table")).to_contain_text("up to date")
    expect(page.get_by_role("main")).to_contain_text(f"accounts-2023: {why}")
    assert grave(page) == []
    page.get_by_role("link", name="3", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Refused rows")
    page.goto(URL)
    page.get_by_role("link", name="users-2019").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("users-2019")
    expect(
        page.get_by_role("link", name="Pause reading").or_(page.get_by_role("button", name="Pause reading"))
    ).to_have_count(1)

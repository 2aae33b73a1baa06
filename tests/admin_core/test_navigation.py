"""The entry of the sidebar that a page belongs to: one, the nearest."""

import pytest

from admin_core.navigation import HOME, entry_of, marked
from admin_core.theme.frame import NavGroup, NavItem

SYSTEM = NavItem("System", "/admin/system")
JOBS = NavItem("Jobs", "/admin/system/jobs")
CUSTOMERS = NavItem("Customers", "/admin/data/customers/")
NOTES = NavItem("Customer notes", "/admin/data/customer_notes/")
GROUPS = (NavGroup("", items=(HOME,)), NavGroup("All", items=(SYSTEM, JOBS, CUSTOMERS, NOTES)))


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("/admin/", HOME),
        ("/admin/system", SYSTEM),
        ("/admin/system/other", SYSTEM),
        ("/admin/system/jobs", JOBS),
        ("/admin/system/jobs/0199", JOBS),
        ("/admin/systematic", None),
        ("/admin/data/customers/", CUSTOMERS),
        ("/admin/data/customers/record/1", CUSTOMERS),
        ("/admin/data/customer_notes/", NOTES),
        ("/admin/unknown", None),
    ],
)
def test_a_page_belongs_to_the_nearest_entry(path: str, entry: NavItem | None) -> None:
    assert entry_of(GROUPS, path) == entry


def test_one_entry_is_marked() -> None:
    group = marked(GROUPS[1], entry_of(GROUPS, "/admin/system/jobs/0199"))
    assert [item.label for item in group.items if item.active] == ["Jobs"]

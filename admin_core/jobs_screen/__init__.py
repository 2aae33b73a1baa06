"""What people see of jobs: a page of all, a page of one, the tray, their files. ``admin_core.jobs`` knows no web."""

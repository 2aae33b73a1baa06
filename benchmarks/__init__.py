"""Side-by-side measurements against stock Flask-Admin and a bare floor; no part of the test run."""

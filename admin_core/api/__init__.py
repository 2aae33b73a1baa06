"""``/api/v1``: what programs may ask of us, with a key instead of a session.

Plugins give routes (``contributions.ApiRoute``); ``serving`` checks and runs them; ``keys`` and ``key_store`` know who
asks. Modules that need pydantic or Redis are imported by the first call, not by the start of a process.
"""

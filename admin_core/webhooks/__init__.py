"""Signed messages to and from other programs, as https://www.standardwebhooks.com describes them.

``signing`` signs and verifies (pure), ``emitting`` → ``delivering`` is the way out, ``receiving`` → ``processing`` the
way in, ``pages`` is for people. Nothing is sent or worked on inside a request: jobs do both.
"""

"""Jobs: rows in PostgreSQL are the truth, RQ carries them to worker processes, a lease and a fence keep them honest.

Only this package knows RQ and Redis. ``declared`` says what a job is, ``enqueue`` and ``control`` are for callers,
``relay``, ``worker`` and ``scheduler`` are the three processes.
"""

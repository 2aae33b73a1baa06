"""Change-sets: who changed which row from what to what. Triggers capture, this package says who and why, and undoes.

``acting`` holds who acts in this context, ``triggers`` installs what captures, ``history`` reads it back.
"""

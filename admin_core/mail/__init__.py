"""E-mail: asked for in the caller's transaction, sent by jobs, never to somebody who refused it.

``asking`` is for callers, ``sending`` runs in workers, ``suppression`` and ``unsubscribing`` remember who wants none.
Knows no word of the business: templates and reasons against a message come from plugins. Only ``pages`` knows Flask.
"""

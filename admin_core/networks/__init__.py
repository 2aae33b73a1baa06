"""The networks from which the team may reach the admin surface: the list, its page, the guard in front of every page.

An empty list, or one on which nothing is enabled, allows every network. Programs and signed links are never asked.
"""

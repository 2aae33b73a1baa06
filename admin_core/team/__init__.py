"""Who works here and what they may do: members, roles, what a permission means, and looking through other eyes.

Rules over permissions stand in ``rules`` and ``wording`` (pure), questions in ``members``, changes in ``…ing`` modules
that take a session and never commit; the pages commit.
"""

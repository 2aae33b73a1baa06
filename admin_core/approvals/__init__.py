"""Two people for what is dangerous: a plan is shown, asked for, approved by somebody else, and done as it was shown.

``trying`` runs actions and measures them, ``asking`` keeps requests, ``deciding`` carries them out, ``alone`` is for a
company with one person who may. What a plan is stands in ``changes``.
"""

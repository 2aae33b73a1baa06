"""The settings page, the set-up page and the Test buttons. What is kept, and how, stands in ``settings_store``."""

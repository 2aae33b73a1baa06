"""What a generated screen refuses, as sentences for the person who asked. The view turns them into pages."""


class ScreenError(Exception):
    """A request the screen can't serve: what is wrong, and what to do next."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        """Take the sentence shown and, where there is one, the way on."""
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


class NotFound(ScreenError):
    """Nothing stands at this address for this person (404)."""


class BadRequest(ScreenError):
    """The address or the form says something that can't be understood (400)."""


class TooSlow(ScreenError):
    """The database needed longer than a list may take (503)."""

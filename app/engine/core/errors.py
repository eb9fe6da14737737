"""The one error that is meant for the user."""


class BackdropError(Exception):
    """A failure the user can act on: its text is one clear sentence and ends with a full stop."""

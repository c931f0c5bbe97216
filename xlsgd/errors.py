"""What goes wrong when the input cannot be used."""


class InputError(Exception):
    """Input that cannot be used: the message is one line that says what is wrong, where, and what to do."""

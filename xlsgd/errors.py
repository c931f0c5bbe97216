"""What goes wrong when the input cannot be used."""


class InputError(Exception):
    """Input that cannot be used: the message is one line that says what is wrong, where, and what to do."""


def needs(what: str, packages: str, extra: str, instead: str = "") -> str:
    """Return the line for a user who has not installed what is optional.

    Args:
        what: what cannot be done.
        packages: what it needs.
        extra: the extra of xlsgd, which is installed from a checkout, that brings it.
        instead: what to do otherwise, if there is something.
    """
    return f'{what} needs {packages}: pip install ".[{extra}]" in the checkout of xlsgd{instead}'

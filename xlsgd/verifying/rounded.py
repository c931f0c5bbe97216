"""An answer that is known but to within what rounding can make of it."""


class Rounded(float):
    """An answer that is known but to within `slack`, since rounding is magnified on the way to it."""

    __slots__ = ("slack",)
    slack: float

    def __new__(cls, value: float, slack: float) -> "Rounded":
        """Return `value` as an answer with its slack, an absolute difference."""
        answer = super().__new__(cls, value)
        answer.slack = slack
        return answer

    def holds(self, value: object) -> bool:
        """Return whether a number is within the slack."""
        return isinstance(value, float) and abs(value - self) <= self.slack

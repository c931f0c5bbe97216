"""The data points: the lesson's, or a user's own."""

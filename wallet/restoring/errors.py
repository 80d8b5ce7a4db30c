"""
What is refused of ending a restore.
"""


class NotRestoredError(Exception):
    """
    No restore is open.
    """


class TooEarlyError(Exception):
    """
    A code that was shown before the restore may still be young.
    """


class NotComparedError(Exception):
    """
    Nobody compared, or somebody else than whoever ends it: the number of differences is another.
    """

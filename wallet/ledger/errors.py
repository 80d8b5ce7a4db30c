"""
Faults of the books. None of them is ever a client's doing.
"""


class UnbalancedError(Exception):
    """
    The postings of a transaction do not add up to zero, or there are none.
    """


class PostedBeforeError(Exception):
    """
    A transaction of this kind is already in the books for this subject.
    """


class NothingToReverseError(Exception):
    """
    There is no such transaction in the books.
    """

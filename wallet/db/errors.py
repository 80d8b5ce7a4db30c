"""
What statements may fail with, beside what drivers call it.
"""


class DatabaseUrlError(ValueError):
    """
    The address of a database does not do; the text says why and repeats nothing of it.
    """


class NotServedError(Exception):
    """
    The raw statement failed, or its connection broke and nobody knows what became of it.

    Whoever sent it asks the database another way.
    """


class RivalryError(NotServedError):
    """
    Somebody else was in the way: a row that was there already, a lock. Nothing was written.
    """


class UnansweredError(ConnectionError):
    """
    The server did not answer a statement in time; nobody knows what became of it.
    """

"""
What a raw statement may fail with; whoever sent it asks the database another way.
"""


class NotServedError(Exception):
    """
    The statement failed, or its connection broke and nobody knows what became of it.
    """


class RivalryError(NotServedError):
    """
    Somebody else was in the way: a row that was there already, a lock. Nothing was written.
    """

"""
Faults of the work loop.
"""


class LeaseLostError(Exception):
    """
    Somebody else has taken the work over; nothing of this step may be committed.
    """

"""
The faults an integration may raise. A refusal is not a fault: it is a value.
"""


class UnavailableError(Exception):
    """
    The outside system did not give a usable answer in time.

    The one exception type of a safe call (`validate`, `obtain`, `decode`, `link`, `query`, …).
    Its text names the operation and the kind of failure, never a person, an address or a secret.
    """


class InvalidSettingsError(Exception):
    """
    The settings or the party profile given to an integration are not usable.

    Its text names the field at fault, never its value.
    """

"""
What may be wrong with an outside call.
"""

from integrations.spi import UnavailableError


class NotStartedError(UnavailableError):
    """
    The integration was not even asked: it is failing, or busy with too many calls of ours.
    """


class UnknownIntegrationError(Exception):
    """
    A committed call names an integration that is not installed any more, or cannot do this.
    """

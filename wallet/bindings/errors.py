"""
Why a context cannot be linked.
"""

from wallet.errors import WalletError


class LinkRefusedError(WalletError):
    """
    The outside system refused; `refusal` is one of the integration's catalogue.
    """

    code = "LINK_REFUSED"
    status = 409
    title = "The outside system does not link this person."


class IntegrationUnavailableError(WalletError):
    """
    The outside system does not answer now.
    """

    code = "INTEGRATION_UNAVAILABLE"
    status = 503
    title = "The outside system does not answer; try again later."

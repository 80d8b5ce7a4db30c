"""
What the person index refuses.
"""

from wallet.errors import WalletError


class DocumentInvalidError(WalletError):
    """
    The document number cannot be one of that type; `reason` says why, never the number.
    """

    code = "DOCUMENT_INVALID"
    status = 422
    title = "The document number cannot be right."


class IdentityMismatchError(WalletError):
    """
    The document belongs to somebody of another name.
    """

    code = "IDENTITY_MISMATCH"
    status = 409
    title = "Name and document do not belong together."

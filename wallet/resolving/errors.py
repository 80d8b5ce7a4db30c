"""
Why a code is not accepted.
"""

from wallet.errors import WalletError


class CodeMalformedError(WalletError):
    """
    The text is not a code of any kind.
    """

    code = "CODE_MALFORMED"
    status = 400
    title = "This is not a code."


class CodeUnsupportedError(WalletError):
    """
    A code of a kind, version or suite that nobody here decodes for what was asked.

    `family` names the kind.
    """

    code = "CODE_UNSUPPORTED"
    status = 400
    title = "No integration here decodes this kind of code."


class CodeAmbiguousError(WalletError):
    """
    The text fits several kinds of codes; `families` names them.
    """

    code = "CODE_AMBIGUOUS"
    status = 400
    title = "This text fits several kinds of codes."


class CodeNotYetValidError(WalletError):
    """
    The code was made for a later time: the device's clock is ahead.
    """

    code = "CODE_NOT_YET_VALID"
    status = 400
    title = "The code is not valid yet; the device's clock is ahead."


class CodeNotAcceptedError(WalletError):
    """
    The one answer to everything that cannot be verified.
    """

    code = "CODE_NOT_ACCEPTED"
    status = 404
    title = "The code was not accepted."


class CodeUsedError(WalletError):
    """
    The code was used before; `check_holder` is true when the desk should check the holder.
    """

    code = "CODE_USED"
    status = 409
    title = "The code has been used; ask for a fresh one."


class CodeExpiredError(WalletError):
    """
    The code was made for an earlier time.
    """

    code = "CODE_EXPIRED"
    status = 410
    title = "The code has expired; ask for a fresh one."


class CodeRevokedError(WalletError):
    """
    The device that made the code was revoked.
    """

    code = "CODE_REVOKED"
    status = 410
    title = "The device that shows this code was revoked."

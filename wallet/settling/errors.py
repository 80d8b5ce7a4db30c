"""
What a desk may hear about a bill.
"""

from wallet.errors import WalletError


class BillInvalidError(WalletError):
    """
    The bill does not add up; `problem` says where, `line` names the line.
    """

    code = "BILL_INVALID"
    status = 422
    title = "The bill does not add up."


class InsuranceRefusedError(WalletError):
    """
    The insurance did not answer valid at this scan; `refusal` is one of its catalogue.
    """

    code = "INSURANCE_REFUSED"
    status = 409
    title = "The insurance cannot be used with this scan."


class ApprovalRefusedError(WalletError):
    """
    No approval by signature on the screen; `reason` is `limit`, `ink` or `identity`.
    """

    code = "APPROVAL_REFUSED"
    status = 422
    title = "This cannot be approved by a signature on the screen."


class ApprovalInvalidError(WalletError):
    """
    The approval is not signed by the device for this settlement, version, payee and amount.
    """

    code = "APPROVAL_INVALID"
    status = 403
    title = "The approval's signature is wrong."

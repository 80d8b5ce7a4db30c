"""
What a person with a shell hears about operators. Callers hear `wallet.errors` only.
"""


class UnknownOperatorError(LookupError):
    """
    There is no operator of that name.
    """


class NameTakenError(ValueError):
    """
    There is an operator of that name.
    """


class AccountTakenError(ValueError):
    """
    The provider's account is linked to another operator.
    """


class NotLinkedError(LookupError):
    """
    No account of the provider is linked to the operator.
    """


class InvalidOperatorError(ValueError):
    """
    The name or the display name does not have the documented form; the text says which.
    """

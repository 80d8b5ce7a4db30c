"""
Errors of processes that are not, or no longer, of the deployment.
"""

from wallet.errors import OverloadedError


class NotOfDeploymentError(OverloadedError):
    """
    This process may write no money: it has not joined yet, or was taken over; ask another one.
    """

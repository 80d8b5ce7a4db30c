"""
TOTP secrets: kept encrypted, each bound to its place.
"""

from codes import otp
from wallet.operators.models import OperatorRow
from wallet.vault import Place, Vault


def secret_place(operator_id: int) -> Place:
    """
    Return where an operator's secret lies.
    """
    return Place("operators", "totp_secret", str(operator_id))


def enrolling_place(operator_id: int) -> Place:
    """
    Return where the secret of an enrolment under way lies.
    """
    return Place("operator_enrolments", "totp_secret", str(operator_id))


def matching_step(vault: Vault, row: OperatorRow, code: str, *, now_seconds: int) -> int | None:
    """
    Return the unspent step whose code this is, or None; also for somebody not yet enrolled.
    """
    if row.totp_secret is None:
        return None
    secret = vault.decrypt_deployment(secret_place(row.operator_id), row.totp_secret)
    return otp.totp_step(secret, code, now_seconds=now_seconds, after=row.last_step)

"""
Where a tender's money lies, and what a terminal's shift is told of it.
"""

from datetime import datetime

from wallet.ledger import service as ledger_accounts
from wallet.settling.bill import all_cash
from wallet.settling.records import Settlement
from wallet.settling.tenders import Tender
from wallet.takings.service import Taking


def tender_account(tender: Tender) -> str:
    """
    Return the account where a tender's money lies.
    """
    if tender.integration_id:
        return ledger_accounts.provider(tender.integration_id)
    return ledger_accounts.DESK_CARD if tender.method == "card" else ledger_accounts.DESK_CASH


def taking_of(tender: Tender, kind: str, terminal_id: int, at: datetime) -> Taking:
    """
    Return what a terminal took, or gave back, by a tender.
    """
    return Taking(
        party_id=tender.party_id,
        terminal_id=terminal_id,
        kind=kind,
        method=tender.method,
        provider=tender.integration_id,
        amount_minor=tender.amount_minor,
        at=at,
    )


def billed(settlement: Settlement, kind: str, at: datetime) -> Taking:
    """
    Return what a terminal settled, or undid, with the split that stands.
    """
    split = settlement.split or all_cash(settlement.total_minor)
    return Taking(
        party_id=settlement.party_id,
        terminal_id=settlement.terminal_id,
        kind=kind,
        amount_minor=split.total_minor,
        insured_minor=split.total_minor - split.cash_minor,
        at=at,
    )

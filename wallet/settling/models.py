"""
Tables of settlements, tenders and refunds.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql

from wallet.db.tables import Table, big, blob, flag, instant, resident_table, text
from wallet.settling.refunding import REFUND_PHASES
from wallet.settling.states import PHASES, STATUSES, STEPS
from wallet.settling.tendering import TENDER_PHASES, TENDER_STEPS

# written out, so that a statement that says the same is answered from the index
UNFINISHED = sql("phase not in ('completed','cancelled')")
REVIEW = sql("phase = 'review'")


def _one_of(column: str, words: Sequence[str]) -> CheckConstraint:
    listed = ",".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} in ({listed})", column)


class SettlementRow(Table, table=True):
    """
    One settlement.

    `bill`, `split`, `subject`, `payer`, `credential` and `continuation` are encrypted; the
    credential is forgotten when the insurer has settled or nothing is left to settle.
    `replaces` and `replaced_by` link a settlement that was undone to the one of what remained.
    """

    __tablename__ = "settlements"
    __table_args__ = (
        Index("ix_settlements_visit", "resident_id", "visit_id"),
        Index(
            "ix_settlements_unfinished",
            "phase",
            "created_at",
            sqlite_where=UNFINISHED,
            postgresql_where=UNFINISHED,
        ),
        *resident_table(
            _one_of("phase", PHASES),
            _one_of("status", STATUSES),
            _one_of("step", STEPS),
            _one_of("insurer", ("wallet", "his", "nobody")),
            _one_of("upload", ("none", "unknown", "done")),
            _one_of("settled", ("none", "standing", "undone")),
            _one_of("route", ("", "agreement", "desk")),
            CheckConstraint("total_minor > 0", "total"),
            CheckConstraint("cash_minor between 0 and total_minor", "cash"),
            CheckConstraint("tendered_minor between 0 and cash_minor", "tendered"),
            CheckConstraint("refunds_open >= 0 and refunds_failed >= 0 and tries >= 0", "counts"),
        ),
    )

    resident_id: int = big(key=True)
    settlement_id: int = big(key=True)
    visit_id: int = big()
    party_id: int = big()
    terminal_id: int = big()
    presentation_id: int = big()
    device_no: int = big()
    method: str = text()
    version: int = big()
    phase: str = text()
    status: str = text()
    step: str = text()
    insurer: str = text()
    upload: str = text()
    settled: str = text()
    route: str = text()
    cash_minor: int = big()
    shown_minor: int = big()
    limit_minor: int = big()
    alarmed: bool = flag()
    confirmed: bool = flag()
    approved_minor: int = big()
    tendered_minor: int = big()
    refunds_open: int = big()
    refunds_failed: int = big()
    last_query: bool = flag()
    tries: int = big()
    resume_phase: str = text()
    reason: str = text()
    total_minor: int = big()
    use_account: bool = flag()
    bill: bytes = blob()
    split: bytes | None = blob(null=True)
    insurance_id: str = text()
    subject: bytes | None = blob(null=True)
    credential: bytes | None = blob(null=True)
    continuation: bytes | None = blob(null=True)
    insurer_reference: str = text()
    invono: str = text()
    payment_id: str = text()
    payer: bytes | None = blob(null=True)
    secured: bytes | None = blob(null=True)
    replaces: int | None = big(null=True)
    replaced_by: int | None = big(null=True)
    created_at: datetime = instant()
    deadline_at: datetime = instant()
    completed_at: datetime | None = instant(null=True)


class ScreenApprovalRow(Table, table=True):
    """
    One approval by signature on a patient's screen; never changed.

    `evidence` holds, encrypted, the text that was approved, the strokes, the cashier's code and
    whether they compared the holder's identity; `digest` is the SHA-256 of the text.
    """

    __tablename__ = "screen_approvals"
    __table_args__ = resident_table(
        UniqueConstraint("resident_id", "settlement_id", "settlement_version"),
        CheckConstraint("amount_minor >= 0", "amount"),
        ForeignKeyConstraint(
            ["resident_id", "settlement_id"],
            ["settlements.resident_id", "settlements.settlement_id"],
        ),
    )

    resident_id: int = big(key=True)
    approval_id: int = big(key=True)
    settlement_id: int = big()
    settlement_version: int = big()
    party_id: int = big()
    terminal_id: int = big()
    amount_minor: int = big()
    digest: bytes = blob()
    evidence: bytes = blob()
    at: datetime = instant()


class TenderRow(Table, table=True):
    """
    One way the cash part is met.

    `payer` (a binding's subject), `code` (a scanned payment code) and `continuation` are
    encrypted; the code is forgotten as soon as the charge is decided.
    """

    __tablename__ = "tenders"
    __table_args__ = (
        Index("ix_tenders_settlement", "resident_id", "settlement_id"),
        *resident_table(
            _one_of("method", ("agreement", "code", "card", "cash")),
            _one_of("phase", TENDER_PHASES),
            _one_of("status", STATUSES),
            _one_of("step", TENDER_STEPS),
            CheckConstraint("amount_minor > 0", "amount"),
            CheckConstraint("cancels >= 0", "cancels"),
            ForeignKeyConstraint(
                ["resident_id", "settlement_id"],
                ["settlements.resident_id", "settlements.settlement_id"],
            ),
        ),
    )

    resident_id: int = big(key=True)
    tender_id: int = big(key=True)
    settlement_id: int = big()
    party_id: int = big()
    terminal_id: int = big()
    version: int = big()
    method: str = text()
    amount_minor: int = big()
    integration_id: str = text()
    phase: str = text()
    status: str = text()
    step: str = text()
    acknowledged: bool = flag()
    late: bool = flag()
    cancels: int = big()
    reason: str = text()
    payer: bytes | None = blob(null=True)
    code: bytes | None = blob(null=True)
    continuation: bytes | None = blob(null=True)
    reference: str = text()
    created_at: datetime = instant()
    charged_at: datetime | None = instant(null=True)


class RefundRow(Table, table=True):
    """
    The return of one tender, whole; there is at most one per tender.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        Index("ix_refunds_settlement", "resident_id", "settlement_id"),
        Index("ix_refunds_review", "created_at", sqlite_where=REVIEW, postgresql_where=REVIEW),
        *resident_table(
            UniqueConstraint("resident_id", "tender_id"),
            _one_of("method", ("agreement", "code", "card", "cash")),
            _one_of("phase", REFUND_PHASES),
            _one_of("status", STATUSES),
            CheckConstraint("amount_minor > 0", "amount"),
            CheckConstraint("tries >= 0", "tries"),
            ForeignKeyConstraint(
                ["resident_id", "tender_id"], ["tenders.resident_id", "tenders.tender_id"]
            ),
        ),
    )

    resident_id: int = big(key=True)
    refund_id: int = big(key=True)
    settlement_id: int = big()
    tender_id: int = big()
    party_id: int = big()
    version: int = big()
    method: str = text()
    amount_minor: int = big()
    phase: str = text()
    status: str = text()
    repeating: bool = flag()
    tries: int = big()
    reason: str = text()
    reference: str = text()
    created_at: datetime = instant()
    refunded_at: datetime | None = instant(null=True)

"""
Approvals by signature on a patient's screen, and each party's limit for them.
"""

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)

from wallet.db.schema import BigInt, Blob, UtcInstant, create_resident_table

revision = "0005_screen_approvals"
down_revision = "0004_takings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    # a check that comes with its column is the one that SQLite can add
    op.execute(
        f"ALTER TABLE parties ADD COLUMN screen_limit_minor {kind} NOT NULL DEFAULT 0 "
        "CONSTRAINT ck_parties_screen_limit CHECK (screen_limit_minor >= 0)"
    )
    create_resident_table(
        "screen_approvals",
        Column("resident_id", BigInt, nullable=False),
        Column("approval_id", BigInt, nullable=False),
        Column("settlement_id", BigInt, nullable=False),
        Column("settlement_version", BigInt, nullable=False),
        Column("party_id", BigInt, nullable=False),
        Column("terminal_id", BigInt, nullable=False),
        Column("amount_minor", BigInt, nullable=False),
        Column("digest", Blob, nullable=False),
        Column("evidence", Blob, nullable=False),
        Column("at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("resident_id", "approval_id"),
        UniqueConstraint("resident_id", "settlement_id", "settlement_version"),
        ForeignKeyConstraint(
            ["resident_id", "settlement_id"],
            ["settlements.resident_id", "settlements.settlement_id"],
        ),
        CheckConstraint("amount_minor >= 0", name="amount"),
    )


def downgrade() -> None:
    op.drop_table("screen_approvals")
    op.drop_column("parties", "screen_limit_minor")

"""
Takings: what a terminal's shift comes to.
"""

from alembic import op
from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint

from wallet.db.schema import BigInt, Text, UtcInstant, create_table

revision = "0004_takings"
down_revision = "0003_figures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "takings",
        Column("party_id", BigInt, nullable=False),
        Column("terminal_id", BigInt, nullable=False),
        Column("taking_id", BigInt, nullable=False),
        Column("kind", Text, nullable=False),
        Column("method", Text, nullable=False),
        Column("provider", Text, nullable=False),
        Column("amount_minor", BigInt, nullable=False),
        Column("insured_minor", BigInt, nullable=False),
        Column("at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("party_id", "terminal_id", "taking_id"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("insured_minor between 0 and amount_minor", name="insured"),
        CheckConstraint("kind in ('settled','undone','taken','given_back')", name="kind"),
        CheckConstraint("method in ('','agreement','code','card','cash')", name="method"),
    )
    op.create_index("ix_takings_at", "takings", ["party_id", "terminal_id", "at"])


def downgrade() -> None:
    op.drop_table("takings")

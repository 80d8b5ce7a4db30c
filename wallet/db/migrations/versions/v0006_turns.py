"""
Turns: how often calls of an integration are repeated, and when a waiting one may be.
"""

from alembic import op
from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint

from wallet.db.schema import BigInt, Text, UtcInstant, create_table

revision = "0006_turns"
down_revision = "0005_screen_approvals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", Column("turn_at", UtcInstant, nullable=True))
    create_table(
        "turns",
        Column("integration_id", Text, nullable=False),
        Column("age", Text, nullable=False),
        Column("window_no", BigInt, nullable=False),
        Column("most", BigInt, nullable=False),
        Column("taken", BigInt, nullable=False),
        PrimaryKeyConstraint("integration_id", "age", "window_no"),
        CheckConstraint("taken between 0 and most", name="taken"),
        CheckConstraint("age in ('young','old')", name="age"),
    )
    op.create_index("ix_turns_window_no", "turns", ["window_no"])


def downgrade() -> None:
    op.drop_table("turns")
    op.drop_column("calls", "turn_at")

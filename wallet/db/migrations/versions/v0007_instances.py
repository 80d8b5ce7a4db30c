"""
Processes that may write money, and the latest time that any of them told.
"""

from alembic import op
from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint

from wallet.db.schema import BigInt, Text, UtcInstant, create_table

revision = "0007_instances"
down_revision = "0006_turns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "instances",
        Column("instance_id", BigInt, nullable=False),
        Column("kind", Text, nullable=False),
        Column("seat", Text, nullable=False),
        Column("generation", BigInt, nullable=False),
        Column("beats", BigInt, nullable=False),
        Column("started_at", UtcInstant, nullable=False),
        Column("seen_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("instance_id"),
        CheckConstraint("kind in ('server','worker')", name="kind"),
        CheckConstraint("beats >= 0", name="beats"),
    )
    create_table(
        "clock_marks",
        Column("name", Text, nullable=False),
        Column("at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("clock_marks")
    op.drop_table("instances")

"""
Restores from a backup: while one is not ended, nothing is moved.
"""

from alembic import op
from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint

from wallet.db.schema import BigInt, Text, UtcInstant, create_table

revision = "0008_restorations"
down_revision = "0007_instances"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "restorations",
        Column("restoration_id", BigInt, nullable=False),
        Column("backup_at", UtcInstant, nullable=False),
        Column("begun_at", UtcInstant, nullable=False),
        Column("compared_at", UtcInstant),
        Column("differences", BigInt),
        Column("ended_at", UtcInstant),
        Column("why", Text),
        PrimaryKeyConstraint("restoration_id"),
        CheckConstraint("(compared_at is null) = (differences is null)", name="compared"),
        CheckConstraint("(ended_at is null) = (why is null)", name="ended"),
    )


def downgrade() -> None:
    op.drop_table("restorations")

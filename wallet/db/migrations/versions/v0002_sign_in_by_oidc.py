"""
Sign-in through a provider: finished sign-ins, and operators' accounts there.
"""

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

from wallet.db.schema import BigInt, Blob, UtcInstant, create_table

revision = "0002_oidc"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "spent_sign_ins",
        Column("digest", Blob, nullable=False),
        Column("expires_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("digest"),
    )
    create_table(
        "operator_links",
        Column("operator_id", BigInt, nullable=False),
        Column("subject", Blob, nullable=False),
        Column("linked_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("operator_id"),
        UniqueConstraint("subject"),
        ForeignKeyConstraint(["operator_id"], ["operators.operator_id"]),
    )


def downgrade() -> None:
    op.drop_table("operator_links")
    op.drop_table("spent_sign_ins")

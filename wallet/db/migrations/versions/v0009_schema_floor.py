"""
The floor of the schema: the oldest program that may still run on it.
"""

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint

from wallet.db.schema import Text, create_table

revision = "0009_schema_floor"
down_revision = "0008_restorations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "schema_floor",
        Column("floor", Text, nullable=False),
        PrimaryKeyConstraint("floor"),
    )
    op.execute("INSERT INTO schema_floor (floor) VALUES ('0009_schema_floor')")


def downgrade() -> None:
    op.drop_table("schema_floor")

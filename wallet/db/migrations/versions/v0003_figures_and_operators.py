"""
Figures of processes, what operators do beside looking, and indexes for their lists.
"""

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    text,
)

from wallet.db.schema import BigInt, Text, UtcInstant, create_table

revision = "0003_figures"
down_revision = "0002_oidc"
branch_labels = None
depends_on = None

_EVENTS = "operator_events"
_OLD_KINDS = (
    "created",
    "enrolled",
    "signed_in",
    "refused",
    "locked",
    "stepped_up",
    "signed_out",
    "looked",
    "reset",
    "disabled",
    "enabled",
)
_KINDS = (
    *_OLD_KINDS,
    "sought",
    "asked_again",
    "party_created",
    "party_suspended",
    "party_resumed",
    "terminal_offered",
    "terminal_revoked",
)
_OLD_GROUNDED = "(kind = 'looked')"
_GROUNDED = "(kind IN ('looked', 'sought', 'asked_again'))"
_LISTS = (
    ("ix_settlements_unfinished", "settlements", ["phase", "created_at"]),
    ("ix_visits_review", "visits", ["opened_at"]),
    ("ix_refunds_review", "refunds", ["created_at"]),
)
_UNFINISHED = "phase not in ('completed','cancelled')"
_REVIEW = "phase = 'review'"


def upgrade() -> None:
    create_table(
        "processes",
        Column("process_id", BigInt, nullable=False),
        Column("kind", Text, nullable=False),
        Column("started_at", UtcInstant, nullable=False),
        Column("seen_at", UtcInstant, nullable=False),
        PrimaryKeyConstraint("process_id"),
        CheckConstraint("kind in ('server','worker')", name="kind"),
    )
    create_table(
        "process_breakers",
        Column("process_id", BigInt, nullable=False),
        Column("integration_id", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("since", UtcInstant, nullable=False),
        PrimaryKeyConstraint("process_id", "integration_id"),
        ForeignKeyConstraint(["process_id"], ["processes.process_id"]),
        CheckConstraint("state in ('open','closed')", name="state"),
    )
    create_table(
        "figures",
        Column("slot", UtcInstant, nullable=False),
        Column("subject", Text, nullable=False),
        Column("integration_id", Text, nullable=False),
        Column("word", Text, nullable=False),
        Column("count", BigInt, nullable=False),
        PrimaryKeyConstraint("slot", "subject", "integration_id", "word"),
        CheckConstraint("count > 0", name="count"),
    )
    for name, table, columns in _LISTS:
        where = text(_UNFINISHED if table == "settlements" else _REVIEW)
        op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)
    _change_events(_KINDS, _GROUNDED, Column("about", Text, nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM operator_events WHERE about is not null OR kind = 'sought'")
    _change_events(_OLD_KINDS, _OLD_GROUNDED)
    for name, table, _columns in _LISTS:
        op.drop_index(name, table)
    op.drop_table("figures")
    op.drop_table("process_breakers")
    op.drop_table("processes")


def _change_events(kinds: tuple[str, ...], grounded: str, *added: Column[str]) -> None:
    """
    Change what the table of events takes; SQLite cannot change a check, so there it is made anew.
    """
    checks = {
        "kind": f"kind IN ({', '.join(repr(kind) for kind in kinds)})",
        "purpose": f"{grounded} = (purpose is not null)",
        "ticket": f"{grounded} = (ticket is not null)",
    }
    if op.get_bind().dialect.name == "postgresql":
        for name, condition in checks.items():
            op.drop_constraint(op.f(f"ck_{_EVENTS}_{name}"), _EVENTS, type_="check")
            op.create_check_constraint(op.f(f"ck_{_EVENTS}_{name}"), _EVENTS, condition)
        if added:
            op.add_column(_EVENTS, added[0])
        else:
            op.drop_column(_EVENTS, "about")
        return
    op.rename_table(_EVENTS, f"{_EVENTS}_old")
    kept: tuple[Constraint, ...] = (
        PrimaryKeyConstraint("event_id"),
        ForeignKeyConstraint(["operator_id"], ["operators.operator_id"]),
        CheckConstraint("(kind = 'looked') = (person is not null)", name="person"),
        *(CheckConstraint(condition, name=name) for name, condition in checks.items()),
    )
    create_table(
        _EVENTS,
        Column("event_id", BigInt, nullable=False),
        Column("at", UtcInstant, nullable=False),
        Column("operator_id", BigInt, nullable=True),
        Column("kind", Text, nullable=False),
        Column("detail", Text, nullable=False),
        Column("person", Text, nullable=True),
        Column("purpose", Text, nullable=True),
        Column("ticket", Text, nullable=True),
        *added,
        *kept,
    )
    names = "event_id, at, operator_id, kind, detail, person, purpose, ticket"
    op.execute(f"INSERT INTO {_EVENTS} ({names}) SELECT {names} FROM {_EVENTS}_old")  # noqa: S608
    op.drop_table(f"{_EVENTS}_old")

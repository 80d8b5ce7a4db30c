"""Steps of the schema that take longer than a request may."""

from wallet.db import engine as engines
from wallet.db import migrate
from wallet.db.engine import create_engine

STEP = '''"""A long step."""

from alembic import op

revision = "9001"
down_revision = "{head}"


def upgrade() -> None:
    op.execute("SELECT pg_sleep(2)")
'''


async def test_a_long_step_ends(empty_postgres_url, monkeypatch, tmp_path):
    """
    A statement of a migration takes as long as it takes.
    """
    monkeypatch.setattr(engines, "_ANSWER_SECONDS", 1)
    (tmp_path / "v9001.py").write_text(STEP.format(head=migrate.head()))
    engine = create_engine(empty_postgres_url)
    await migrate.upgrade(engine, beside=tmp_path)

    assert "9001" == await migrate.current(engine)
    await engine.dispose()

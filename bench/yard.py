"""
The yardstick of settlements: the same commits and writes by hand, driven by `pgbench`.
"""

import re
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench import pgbench
from bench.ground import Ground
from bench.seeding import Desk

_NAME: Final = "yard"
_CLIENTS: Final = 8  # as many as a worker has places
_PAYLOAD_BYTES, _SEALED_BYTES = 400, 220
_COMMIT: Final = re.compile(r"^(?:COMMIT|UPDATE work_items)", re.MULTILINE)
_BLOCK: Final = re.compile(r"^BEGIN;.*?^COMMIT;", re.MULTILINE | re.DOTALL)
_MADE: Final = """
create table yard as
  select row_number() over () as n, resident_id, settlement_id from settlements;
create unique index on yard (n);
insert into work_items (resident_id, kind, subject_id, next_action_at, fence, wakes,
    attempts)
  select resident_id, 'settlement', settlement_id, now(), 0, 0, 0 from settlements
  on conflict do nothing;
vacuum analyze;
"""


class Yard:
    """
    A copy of a wallet's database with settlements in it, and the script over them.

    Args:
        place: of the run.
        database: that is copied; nobody may be connected to it.
        desk: who settled there.
    """

    def __init__(self, place: Ground, database: str, desk: Desk) -> None:
        self._place = place
        place.database(_NAME, database)
        for statement in _MADE.split(";"):
            if statement.strip():
                place.server.execute(statement, _NAME)
        rows = int(place.server.execute("select count(*) from yard", _NAME))
        self._file = place.folder / "settlement.sql"
        text = script(desk, rows)
        self._file.write_text(text)
        self.commits = commits(text)

    def rate(self, seconds: int) -> float:
        """
        Run the script for a while and return commits per second.
        """
        done = pgbench.rate(self._place.server, _NAME, self._file, seconds, clients=_CLIENTS)
        return done * self.commits


def script(desk: Desk, rows: int) -> str:
    """
    Return the script of one settlement.

    Args:
        desk: who settles.
        rows: how many settlements there are to choose from.
    """
    templates = Environment(  # noqa: S701 - SQL, made of our own values
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("settlement.sql").render(
        party=desk.party_id,
        terminal=desk.terminal_id,
        rows=rows,
        payload=bytes(_PAYLOAD_BYTES).hex(),
        sealed=bytes(_SEALED_BYTES).hex(),
    )


def commits(text: str) -> int:
    """
    Count the commits of a script: its blocks, and the claims and releases outside of them.
    """
    blocks = len(_BLOCK.findall(text))
    return blocks + len(_COMMIT.findall(_BLOCK.sub("", text)))

"""
What is looked at every few seconds: memory, descriptors, threads, connections, WAL, work.
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from wallet.work.models import WorkItemRow

_PROC = Path("/proc")
_MIB = 1024 * 1024
_ESTABLISHED, _LISTENING = "01", "0A"  # as the kernel writes them
Sample = dict[str, float]


def family(pid: int) -> list[int]:
    """
    Return a process and all that it started.
    """
    children = (_PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def of_processes(name: str, pid: int) -> Sample:
    """
    Return what a command's processes use together, memory in MiB.

    Of descriptors those are left out that callers keep open, who are as many as they are.
    """
    callers = _from_callers()
    sample = dict.fromkeys((f"{name} rss", f"{name} pss", f"{name} fds", f"{name} threads"), 0.0)
    for each in family(pid):
        memory = _numbers(_PROC / str(each) / "smaps_rollup")
        sample[f"{name} rss"] += memory["Rss"] / 1024
        sample[f"{name} pss"] += memory["Pss"] / 1024
        sample[f"{name} fds"] += sum(link not in callers for link in _links(each))
        sample[f"{name} threads"] += _numbers(_PROC / str(each) / "status")["Threads"]
    return sample


async def of_database(engine: AsyncEngine, file: Path, now: datetime) -> Sample:
    """
    Return connections, WAL in MiB, and how many things are due; open visits are due in days.
    """
    async with engine.connect() as connection:

        async def asked(statement: str) -> float:
            return float((await connection.execute(text(statement))).scalar_one() or 0)

        due = select(func.count()).where(col(WorkItemRow.next_action_at) <= now)
        sample = {"due items": float((await connection.execute(due)).scalar_one())}
        if engine.dialect.name == "postgresql":
            sample["connections"] = await asked(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            )
            wal = await asked("SELECT sum(size) FROM pg_ls_waldir()")
        else:
            beside = file.with_name(f"{file.name}-wal")
            wal = beside.stat().st_size if beside.exists() else 0
    return sample | {"wal": wal / _MIB}


def _links(pid: int) -> list[str]:
    found = []
    for each in (_PROC / str(pid) / "fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed meanwhile
            found.append(str(each.readlink()))
    return found


def _from_callers() -> set[str]:
    """
    Return the established connections of this machine to ports on which somebody listens.
    """
    rows = [line.split() for line in (_PROC / "net" / "tcp").read_text().splitlines()[1:]]
    ports = {row[1].rpartition(":")[2] for row in rows if row[3] == _LISTENING}
    return {
        f"socket:[{row[9]}]"
        for row in rows
        if row[3] == _ESTABLISHED and row[1].rpartition(":")[2] in ports
    }


def _numbers(path: Path) -> dict[str, float]:
    found = (line.split() for line in path.read_text().splitlines())
    return {
        each[0].rstrip(":"): float(each[1])
        for each in found
        if len(each) > 1 and each[1].isdigit()
    }

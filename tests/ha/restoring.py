"""The end of the drill: a base backup, its log up to an instant, what partners have since."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg

from tests.faults.crash.cashier import Cashier
from tests.faults.crash.visits import Patient, Wish
from tests.fixtures.regions import Region, Window
from tests.ha.cluster import Cluster
from wallet.cli.demo.phone import Phone
from wallet.settings import PREFIX

_SECONDS = 300


class Restoring:
    """
    Restores a cluster in use beside it, to an instant before its last settlement.
    """

    def __init__(self, cluster: Cluster, region: Region, window: Window) -> None:
        self._cluster = cluster
        self._region = region
        self._window = window
        self._data = cluster.root / "restored"

    async def play(self, phones: list[Phone]) -> list[str]:
        """
        Back up, settle, note the instant, settle again, restore, compare; return what is wrong.
        """
        leader = await self._cluster.leader()
        standby = self._cluster.followers(leader)[0]
        place = f"host=127.0.0.1&port={standby.postgres}"
        backup = self._cluster.root / "backup"
        await self._script("postgres-backup.sh", self._cluster.replicator(place), backup)
        kept, _ = await self._settled(phones[0])
        await asyncio.sleep(1.1)
        (row,) = await self._cluster.fetch("select now() as now")
        until = f"{row['now']:%Y-%m-%dT%H:%M:%SZ}"
        await asyncio.sleep(1.1)
        gone, lost = await self._settled(phones[1])
        await self._archived()
        told = await self._restored(backup, until)
        await self._server("start")
        try:
            return [*await self._missing(kept, gone), *await self._compared(told.strip(), lost)]
        finally:
            await self._server("stop")

    async def _restored(self, backup: Path, until: str) -> str:
        try:
            return await self._script(
                "postgres-restore.sh", backup, self._data, self._cluster.archive, until
            )
        except subprocess.CalledProcessError:
            print((self._data / "restore.log").read_text()[-4_000:], flush=True)
            raise

    async def _settled(self, phone: Phone) -> tuple[Patient, dict[str, Any]]:
        patient = Patient(Cashier(self._region, self._window, phone), 1)
        return patient, await patient.settled(Wish(cash_by="agreement"))

    async def _archived(self) -> None:
        """
        Close the log's present piece and wait until it is kept.
        """
        (row,) = await self._cluster.fetch("select pg_walfile_name(pg_switch_wal()) as name")
        for _ in range(_SECONDS):
            if (self._cluster.archive / row["name"]).exists():
                return
            await asyncio.sleep(0.2)
        raise TimeoutError("the log was not kept")

    async def _missing(self, kept: Patient, gone: Patient) -> list[str]:
        """
        The settlement before the instant is there, the one after it is not.
        """
        visiting = self._region.services.money.visiting
        people = [
            visiting.locate(self._window.party_id, patient.visit)[0] for patient in (kept, gone)
        ]
        connection = await asyncpg.connect(self._cluster.superuser(f"host={self._data}"))
        found = [
            await connection.fetchval("select phase from settlements where resident_id = $1", each)
            for each in people
        ]
        await connection.close()
        return [] if found == ["completed", None] else [f"restored: the settlements are {found}"]

    async def _compared(self, instant: str, lost: dict[str, Any]) -> list[str]:
        """
        What the restored books lack is listed from the insurer's.
        """
        await self._wallet("restored", "begin", "--backup-at", instant)
        *lines, _ = (await self._wallet("restored", "compare")).splitlines()
        only_there = [
            each
            for each in map(json.loads, lines)
            if each["verdict"] == "only_there" and each["integration_id"] == "nhsa"
        ]
        amounts = [each["amount_minor"] for each in only_there]
        wanted = [lost["split"]["total_minor"]]
        return [] if amounts == wanted else [f"restored: {amounts} only there, not {wanted}"]

    async def _server(self, what: str) -> None:
        program = self._cluster.software.postgres / "pg_ctl"
        options = f"-c listen_addresses='' -c unix_socket_directories={self._data}"
        options += " -c synchronous_standby_names='' -c archive_mode=off -c port=5432"
        started = ["--log", self._data / "log", "--options", options] if what == "start" else []
        await self._run(program, "--pgdata", self._data, "--wait", *started, what)

    async def _script(self, name: str, *arguments: str | Path) -> str:
        return await self._run(self._cluster.software.scripts / name, *arguments)

    async def _run(self, *command: str | Path) -> str:
        environment = {"PATH": os.defpath, "POSTGRES_BIN": str(self._cluster.software.postgres)}
        return await _output(command, environment, self._cluster.software.account)

    async def _wallet(self, *arguments: str) -> str:
        changes = {"database_url": self._cluster.superuser(f"host={self._data}")}
        settings = self._region._settings() | changes
        environment = {PREFIX + name.upper(): value for name, value in settings.items()}
        command = (sys.executable, "-m", "wallet", *arguments)
        return await _output(command, os.environ | environment, {})


async def _output(
    command: tuple[str | Path, ...], environment: dict[str, str], account: dict[str, Any]
) -> str:
    def run() -> str:
        # a server that was started keeps what it inherits, so nothing of it is a pipe but this
        with Path(os.devnull).open("wb") as nothing:
            done = subprocess.run(  # noqa: S603 - our own programs
                [str(each) for each in command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if "start" not in command else nothing,
                stderr=None,
                cwd="/" if account else None,
                text=True,
                check=True,
                timeout=_SECONDS,
                **account,
            )
        return done.stdout or ""

    return await asyncio.to_thread(run)

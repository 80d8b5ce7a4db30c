"""The end of the drill: the cluster is lost, begins anew from a backup, and is compared."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.faults.crash.cashier import Cashier
from tests.faults.crash.visits import Patient, Wish
from tests.fixtures.nursery.client import Child
from tests.fixtures.regions import Region, Window
from tests.ha.cluster import Cluster
from wallet.cli.demo.phone import Phone
from wallet.restoring.service import CODES_ARE_DEAD_AFTER
from wallet.settings import PREFIX

PATIENTS = 3
_SECONDS = 300
_GROUNDS = ("--purpose", "the quarterly drill", "--ticket", "OPS-1")


class Restoring:
    """
    Has a cluster begin anew from an instant before its last settlement, by the runbook's steps.

    Args:
        wallet: its processes, which end before.
    """

    def __init__(
        self, cluster: Cluster, region: Region, window: Window, wallet: list[Child]
    ) -> None:
        self._cluster = cluster
        self._region = region
        self._window = window
        self._processes = wallet
        self._data = cluster.root / "restored"

    async def play(self, phones: list[Phone]) -> list[str]:
        """
        Back up, settle, note the instant, settle again, restore, compare; return what is wrong.

        Args:
            phones: of as many patients as `PATIENTS`.
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
        await self._stopped()
        instant = (await self._restored(backup, until)).strip()
        await self._cluster.begin_anew(self._data)
        return [
            *await self._missing(kept, gone),
            *await self._compared(instant, lost),
            *await self._goes_on(phones[2]),
        ]

    async def _stopped(self) -> None:
        for each in self._processes:
            each.kill()
        for each in self._processes:
            await each.gone()

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
        found = []
        for each in people:
            rows = await self._cluster.fetch(
                f"select phase from settlements where resident_id = {each}"  # noqa: S608 - a number
            )
            found.append([row["phase"] for row in rows])
        return [] if found == [["completed"], []] else [f"restored: the settlements are {found}"]

    async def _compared(self, instant: str, lost: dict[str, Any]) -> list[str]:
        """
        The wallet is not ready; what the restored books lack is listed from the insurer's.
        """
        await self._wallet("restored", "begin", "--backup-at", instant)
        self._begun = time.monotonic()
        self._region.serve()
        self._region.work()
        await self._region.answering()
        standing = await self._ready()
        *lines, count = (await self._wallet("restored", "compare")).splitlines()
        self._differences = count.rpartition(" ")[2]
        only_there = [
            each
            for each in map(json.loads, lines)
            if each["verdict"] == "only_there" and each["integration_id"] == "nhsa"
        ]
        amounts = [each["amount_minor"] for each in only_there]
        wanted = [lost["split"]["total_minor"]]
        faults = [] if amounts == wanted else [f"restored: {amounts} only there, not {wanted}"]
        if "restored" not in standing:
            faults.append(f"restored: only this keeps the wallet from being ready: {standing}")
        return faults

    async def _goes_on(self, phone: Phone) -> list[str]:
        """
        Once an operator ended it the wallet is ready, and somebody settles.
        """
        wait = CODES_ARE_DEAD_AFTER.total_seconds() + 1 - (time.monotonic() - self._begun)
        await asyncio.sleep(max(0.0, wait))
        await self._wallet("restored", "end", "--differences", self._differences, *_GROUNDS)
        await self._region.ready(f"{self._region.origin}/readyz")
        _, settled = await self._settled(phone)
        return [] if settled["phase"] == "completed" else [f"restored: it ended as {settled}"]

    async def _ready(self) -> list[str]:
        async with self._region.http.get(f"{self._region.origin}/readyz") as answer:
            told = await answer.json(content_type=None)
        return list(told.get("failing", ()))

    async def _script(self, name: str, *arguments: str | Path) -> str:
        return await self._run(self._cluster.software.scripts / name, *arguments)

    async def _run(self, *command: str | Path) -> str:
        environment = {"PATH": os.defpath, "POSTGRES_BIN": str(self._cluster.software.postgres)}
        return await _output(command, environment, self._cluster.software.account)

    async def _wallet(self, *arguments: str) -> str:
        settings = self._region.variables()
        environment = {PREFIX + name.upper(): value for name, value in settings.items()}
        command = (sys.executable, "-m", "wallet", *arguments)
        return await _output(command, os.environ | environment, {})


async def _output(
    command: tuple[str | Path, ...], environment: dict[str, str], account: dict[str, Any]
) -> str:
    def run() -> str:
        done = subprocess.run(  # noqa: S603 - our own programs
            [str(each) for each in command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd="/" if account else None,
            text=True,
            check=True,
            timeout=_SECONDS,
            **account,
        )
        return done.stdout

    return await asyncio.to_thread(run)

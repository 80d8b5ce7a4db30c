"""Disks that are full or whose fsync fails, under both databases; needs a C compiler."""

import asyncio
import shutil
import subprocess
from collections import Counter
from pathlib import Path

from tests.faults.crash.plans import DATABASES, Draws
from tests.fixtures import postgres_server
from tests.fixtures.fresh import Databases
from tests.fixtures.nursery.client import Nursery
from tests.fixtures.postgres_server import Server
from tests.torture.ground import DURABLE, Ground, Place
from tests.torture.stays import Stay, meanwhile, stay

_SOURCE = Path(__file__).parents[1] / "faulty.c"
_PATIENTS = 3
_LOOKS = 12
_WELL, _FULL, _FSYNC = b"\0", b"F", b"S"
_ALLOWED = {"507 STORAGE_FULL", "503 OVERLOADED"}
_FAILING = ["migrations"]  # its tables were made without any
_SCAN = {"purpose": "registration", "scene": "outpatient_registration"}


class Disk:
    """
    A disk that does as it is told.
    """

    def __init__(self, folder: Path, prefix: Path) -> None:
        self._control = folder / "disk"
        self._control.write_bytes(_WELL)
        self._control.chmod(0o644)
        self.environment = {
            "LD_PRELOAD": str(_built(folder)),
            "FAULTY_CONTROL": str(self._control),
            "FAULTY_PREFIX": str(prefix),
        }

    def become(self, how: bytes) -> None:
        """
        Be well, full, or of no use to fsync.
        """
        with self._control.open("r+b") as control:
            control.write(how)

    async def trouble(self, draws: Draws, server: Server | None, seen: Counter[str]) -> None:
        """
        Fail for a while, again and again, until cancelled; be well then.
        """
        try:
            while True:
                await asyncio.sleep(0.5 + draws.below(15) / 10)
                how = draws.of((_FULL, _FSYNC))
                seen["disk full" if how == _FULL else "fsync failing"] += 1
                self.become(how)
                await asyncio.sleep(0.5 + draws.below(20) / 10)
                self.become(_WELL)
                await _brought_back(server, seen)
        finally:
            self.become(_WELL)


async def play(ground: Ground, seeds: list[int]) -> Counter[str]:
    """
    Treat some patients of a wallet whose database's disk fails now and then.
    """
    told: Counter[str] = Counter()
    for seed in seeds:
        async with ground.place() as place:
            if DATABASES[seed % len(DATABASES)] == "sqlite":
                await _on_sqlite(place, seed, told)
            else:
                await _on_postgres(ground, place, seed, told)
    return told


async def _on_sqlite(place: Place, seed: int, told: Counter[str]) -> None:
    folder = place.sub("data")
    disk = Disk(place.folder, folder)
    path = folder / "wallet.db"
    shutil.copyfile(place.ground.template(), path)
    nursery = Nursery(**disk.environment)
    try:
        url = f"sqlite:///{path}"
        async with stay(place, seed, url, patients=_PATIENTS, nursery=nursery) as region:
            await _treated(region, disk, None, told)
    finally:
        nursery.close()


async def _on_postgres(ground: Ground, place: Place, seed: int, told: Counter[str]) -> None:
    root = postgres_server.new_root()
    disk = Disk(place.folder, root / "data")
    server = Server(root, *DURABLE, "fsync=on", environment=disk.environment)
    server.start()
    databases = Databases(place.folder, server, ground.template)
    try:
        async with stay(place, seed, databases.make("postgres"), patients=_PATIENTS) as region:
            await _treated(region, disk, server, told)
    finally:
        disk.become(_WELL)
        server.stop()


async def _treated(region: Stay, disk: Disk, server: Server | None, told: Counter[str]) -> None:
    await region.welcome()
    if server is None:
        await _told_so(region, disk)
    async with meanwhile(disk.trouble(Draws(region.draws.below(1 << 30)), server, told)):
        for _ in range(_PATIENTS):
            await region.treat()
    await _brought_back(server, told)
    await region.judge()
    assert region.failures.keys() <= _ALLOWED, region.failures
    told["patients"] += _PATIENTS
    told.update(region.failures)


async def _told_so(region: Stay, disk: Disk) -> None:
    """
    Insist that a full disk is told as such, and that reading goes on meanwhile.
    """
    client = next(iter(region._windows.values())).client
    await client.access_token()  # which is written down, too
    disk.become(_FULL)
    body = {"code": region._phones[0].draw()} | _SCAN
    refused = await client.call("POST", "/v1/resolve", body)
    alive = await region.region.http.get(f"{region.region.origin}/readyz")
    disk.become(_WELL)
    told = refused.status, (await alive.json())["failing"]
    assert told == (507, _FAILING), told


async def _brought_back(server: Server | None, seen: Counter[str]) -> None:
    """
    Start PostgreSQL again if it gave up, as an operator would once there is room.

    Whose recovery found no room either may stay in recovery for ever.
    """
    if server is None:
        return
    for _ in range(_LOOKS):
        if await asyncio.to_thread(server.answers):
            return
        await asyncio.sleep(0.3)
    seen["PostgreSQL gave up and was started again"] += 1
    await asyncio.to_thread(server.halt)
    await asyncio.to_thread(server.resume)


def _built(folder: Path) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise RuntimeError("no C compiler: install gcc, or leave this kind out")
    library = folder / "faulty.so"
    subprocess.run(  # noqa: S603 - our own source
        [compiler, "-shared", "-fPIC", "-O1", "-o", library, _SOURCE, "-ldl"], check=True
    )
    library.chmod(0o755)
    return library

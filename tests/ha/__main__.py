"""
``make test-ha``: kill machines under a wallet in use, and compare all books afterwards.

``python -m tests.ha restore`` plays the last part alone.
"""

import asyncio
import re
import secrets
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.faults.crash.people import insured
from tests.faults.crash.programs import RealRegion, real_clock
from tests.faults.crash.verdicts import region_faults
from tests.fixtures import postgres_server
from tests.fixtures.nursery.client import Nursery
from tests.fixtures.regions import Region, Window
from tests.ha import restoring
from tests.ha.answers import Answers, Noted
from tests.ha.cluster import Cluster
from tests.ha.drill import Drill
from tests.ha.printing import printed
from tests.ha.restoring import Restoring
from tests.ha.scans import Scan, Scans
from tests.ha.settlements import Settlements
from tests.ha.software import ROOT
from wallet.db import migrate
from wallet.db.engine import create_engine
from wallet.parties.client import enrol
from wallet.parties.words import TerminalKind

SERVERS = 2
WORKERS = 2
PATIENTS = 4
PEOPLE = 60
GROUPS = 5
PAUSE_SECONDS = 4.0
ONLY_RESTORE = "restore"
_BEGAN = time.monotonic()


def say(text: str) -> None:
    """
    Print a line with the time since the start.
    """
    print(f"{time.monotonic() - _BEGAN:6.1f} s  {text}", flush=True)


async def main() -> int:
    """
    Play the drill; return how many things were wrong.
    """
    postgres_server.sweep()
    say("three nodes: etcd, Patroni, PostgreSQL")
    async with Cluster(postgres_server.new_root()) as cluster:
        say("the cluster stands")
        engine = create_engine(cluster.url)
        await migrate.upgrade(engine)
        await engine.dispose()
        with tempfile.TemporaryDirectory() as folder, closing(Nursery()) as nursery:
            region = RealRegion(
                nursery=nursery,
                folder=Path(folder),
                database_url=cluster.url,
                clock=real_clock(),
                people=tuple(
                    insured(number, 0) for number in range(PATIENTS + restoring.PATIENTS)
                ),
                changes={"lease_seconds": "15"},
            )
            async with region:
                return await _used(cluster, region)


async def _used(cluster: Cluster, region: Region) -> int:
    wallet = [region.serve() for _ in range(SERVERS)] + [region.work() for _ in range(WORKERS)]
    await region.answering()
    await region.sandboxes.behave()
    answers = Answers()
    window = await _window(region, answers)
    scans = Scans(region.services, window.client)
    settlements = Settlements(region, window)
    groups = [await scans.people(PEOPLE) for _ in range(GROUPS)]
    phones = [await region.phone(person) for person in region.people]
    settlements.begin(phones[:PATIENTS])
    say(f"{SERVERS} servers, {WORKERS} workers, {PATIENTS} patients who settle, people who scan")
    drill = Drill(cluster, scans, settlements, say)
    if ONLY_RESTORE not in sys.argv[1:]:
        await drill.play(groups, PAUSE_SECONDS)
    say("everybody finishes")
    await settlements.end()
    faults = [
        *drill.faults,
        *answers.wrong,
        *settlements.faults,
        *(f"a code was refused: {code}" for code in scans.refused),
        *await _lost(cluster, scans.accepted),
        *await _disagreeing(region, settlements),
        *await _unknown_metrics(cluster),
        *await cluster.talkative(),
    ]
    say("the cluster begins anew from a backup and its log; what partners have since")
    faults += await Restoring(cluster, region, window, wallet).play(phones[PATIENTS:])
    print(printed(drill.figures, answers, scans, settlements))
    for fault in faults:
        say(f"WRONG: {fault}")
    if faults:
        _tell_errors(region)
    say("all is well" if not faults else f"{len(faults)} things are wrong")
    return len(faults)


def _tell_errors(region: Region) -> None:
    """
    Print what the wallet's processes had to say of themselves.
    """
    for log in sorted(region.folder.glob("*.log")):
        for line in log.read_text(errors="replace").splitlines():
            if '"level":"error"' in line:
                say(f"{log.name}: {line}")


async def _window(region: Region, answers: Answers) -> Window:
    party_id = await region.found()
    token = await region.enrolment_token(party_id, TerminalKind.HIS)
    key = Ed25519PrivateKey.generate()
    terminal_id = await enrol(region.http, region.origin, token=token, name="3 号窗口", key=key)
    client = Noted(
        region.http,
        origin=region.origin,
        terminal_id=terminal_id,
        key=key,
        clock=region.clock,
        token=secrets.token_bytes,
    )
    client.answers = answers
    return Window(client=client, party_id=party_id)


async def _lost(cluster: Cluster, accepted: list[Scan]) -> list[str]:
    """
    Look for every accepted scan in the database that is left.
    """
    used = {
        (row[0], row[1])
        for row in await cluster.fetch(
            "select resident_id, counter from used_counters where device_no = 0"
        )
    }
    marks = {
        row[0]: row[1]
        for row in await cluster.fetch(
            "select resident_id, high_water from devices where device_no = 0"
        )
    }
    opened = dict(
        await cluster.fetch(
            "select resident_id, count(*) from presentations where device_no = 0 group by 1"
        )
    )
    faults = []
    for scan in accepted:
        if (scan.resident_id, scan.counter) not in used:
            faults.append(f"lost: counter {scan.counter} of a resident was accepted and is unused")
        if marks.get(scan.resident_id, -1) < scan.counter:
            faults.append(f"lost: the mark of a device lies below {scan.counter}")
    shown = {(scan.resident_id, scan.counter) for scan in accepted}
    if len(shown) != len(accepted):
        faults.append(f"{len(accepted) - len(shown)} codes were accepted twice")
    if sum(opened.values()) != len(used):
        faults.append(f"{sum(opened.values())} presentations of {len(used)} used codes")
    return faults


async def _unknown_metrics(cluster: Cluster) -> list[str]:
    """
    Look whether Patroni shows what rules and dashboard ask it for.
    """
    shown = await cluster.metrics()
    asked = set()
    for name in ("prometheus/wallet.rules.yml", "grafana/wallet.json"):
        asked |= set(re.findall(r"\bpatroni_[a-z_]+", (ROOT / "deploy" / name).read_text()))
    return [f"Patroni shows no {name}" for name in sorted(asked) if f"\n{name}{{" not in shown]


async def _disagreeing(region: Region, settlements: Settlements) -> list[str]:
    try:
        await settlements.judge()
    except AssertionError as fault:
        return [str(fault)]
    return await region_faults(region)


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(main()) else 0)

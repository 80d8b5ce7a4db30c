"""An old process beside a new one: it writes nothing, and nothing of it takes effect outside."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from tests.faults.crash.cashier import Cashier
from tests.faults.crash.lanes import judged
from tests.faults.crash.visits import Patient, Wish
from tests.faults.standing_still import go_on, logged, stands_still, stop, until

ENDED_SECONDS = 20
ROOT = Path(__file__).parents[2]


async def patient_of(region):
    phone = await region.phone(region.people[0])
    return Patient(Cashier(region, await region.window(), phone), 1)


class TestWorkers:
    @pytest.mark.timeout(300)
    async def test_stopped_and_continued(self, region_of):
        """
        A worker that stood still while another one finished its work sends and writes nothing.
        """
        region = await region_of("postgres", inline_seconds="0")
        region.serve()
        old = region.work("charge.after_send_commit:1:stop")
        await region.answering()
        patient = await patient_of(region)
        settling = asyncio.create_task(patient.settled(Wish(cash_by="agreement")))
        await until(lambda: stands_still(old))
        region.work()
        settlement = await settling
        await judged(region, patient)
        lost = logged(region.folder / "worker.log", "lease lost")
        go_on(old)
        await until(lost)
        await judged(region, patient)

        assert "completed" == settlement["phase"]


class TestServers:
    @pytest.mark.timeout(300)
    async def test_orphan(self, region_of):
        """
        A server whose place was taken refuses whatever moves money, and ends.
        """
        region = await region_of("postgres")
        old = region.serve(instance="one")
        region.work()
        await region.answering()
        patient = await patient_of(region)
        await patient.arrive()
        stop(old)
        port = region.port()
        region.serve(instance="one", port=str(port))
        await region.ready(f"http://127.0.0.1:{port}/livez")
        go_on(old)
        client = patient.cashier.window.client
        with contextlib.suppress(aiohttp.ClientError):  # it may have ended already
            answer = await client.call("POST", f"/v1/visits/{patient.visit}/cancel", None)
            refusal = answer.status, answer.json()["code"]
            assert (503, "OVERLOADED") == refusal
        ended = await asyncio.wait_for(old.gone(), ENDED_SECONDS)
        visiting = region.services.money.visiting
        key = visiting.locate(patient.cashier.window.party_id, patient.visit)
        async with region.services.basis.database.reading() as session:
            visit = await visiting.records.get(session, *key)

        assert (signal.SIGTERM, "open") == (ended.signal, visit.state.phase)


class TestChildren:
    def test_end_with_their_parent(self):
        """
        What a killed server had started does not outlive it.
        """
        command = [sys.executable, "-m", "tests.faults.descending"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as parent:  # noqa: S603
            child = Path(f"/proc/{int(parent.stdout.readline())}")
            parent.kill()
        latest = time.monotonic() + ENDED_SECONDS
        while child.exists() and time.monotonic() < latest:
            time.sleep(0.02)

        assert not child.exists()

"""A database that was lost and comes back from a backup: first the books are compared."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.faults.crash.cashier import Cashier
from tests.faults.crash.people import insured
from tests.faults.crash.programs import real_clock
from tests.faults.crash.visits import Patient, Wish
from tests.fixtures.logs import log_put_back
from tests.fixtures.regions import Region
from wallet.cli.main import main
from wallet.db import migrate
from wallet.restoring.service import ASK_AGAIN_SECONDS
from wallet.settings import PREFIX

SCRIPTS = Path(__file__).parents[2] / "deploy" / "backup"
GROUNDS = ("--purpose", "restore after a broken disk", "--ticket", "OPS-4711")


class Restored:
    """
    A region's shell, with the environment of its service.
    """

    def __init__(self, region):
        settings = {PREFIX + key.upper(): value for key, value in region._settings().items()}
        self._environment = settings | {"PYTHON": sys.executable}

    def script(self, name, *arguments):
        """
        Run a script; return its exit code.
        """
        command = [str(SCRIPTS / name), *map(str, arguments)]
        done = subprocess.run(  # noqa: S603 - our own scripts
            command, env=os.environ | self._environment, capture_output=True, check=False
        )
        return done.returncode

    async def restored(self, *arguments):
        """
        Run ``fusion-wallet restored``; return its exit code and what it printed.
        """
        command = ["restored", *map(str, arguments)]
        run = CliRunner(env=self._environment).invoke
        result = await asyncio.to_thread(run, main, command)
        return result.exit_code, result.stdout.splitlines()


@pytest.fixture(autouse=True)
def log():
    """
    Put the log back to where it was: a command writes it elsewhere.
    """
    with log_put_back():
        yield


@pytest.fixture
async def region(nursery, tmp_path, new_url):
    """
    A region on SQLite, at the machine's own time, with two insured people.
    """
    url = new_url("sqlite")
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database, database:
        database.execute("create table alembic_version (version_num text not null)")
        database.execute("insert into alembic_version values (?)", (migrate.head(),))
        database.execute("create table if not exists schema_floor (floor text not null)")
        database.execute("insert into schema_floor values (?)", (migrate.head(),))
    region = Region(
        nursery=nursery,
        folder=tmp_path,
        database_url=url,
        clock=real_clock(),
        people=(insured(0, 0), insured(1, 0)),
    )
    async with region:
        yield region


async def settled(region, window, person):
    """
    Let somebody register and settle by agreement; return the settlement.
    """
    phone = await region.phone(person)
    return await Patient(Cashier(region, window, phone), 1).settled(Wish(cash_by="agreement"))


async def began(region):
    """
    Start server and worker; return what stops them.
    """
    children = region.serve(), region.work()
    await region.answering()

    async def stop():
        for child in children:
            child.kill()
            await child.gone()

    return stop


async def posted(region):
    """
    Post a scan without a token: what is refused before anybody is asked who they are?
    """
    async with region.http.post(f"{region.origin}/v1/resolve", json={}) as answer:
        return answer, await answer.json(content_type=None)


async def lost_and_restored(region, shell, window):
    """
    Settle, back up, settle again, lose the database, put the backup in place.
    """
    database, backup = Path(region.database_url.removeprefix("sqlite:///")), region.folder / "copy"
    stop = await began(region)
    window.append(await region.window())
    await settled(region, window[0], region.people[0])
    await asyncio.sleep(1)  # an instant of a backup has whole seconds
    backed_up = shell.script("sqlite-backup.sh", database, backup)
    lost = await settled(region, window[0], region.people[1])
    await stop()
    in_the_way = shell.script("sqlite-restore.sh", backup, database)
    for left in database.parent.glob(f"{database.name}*"):
        left.unlink()
    put_back = shell.script("sqlite-restore.sh", backup, database)

    assert (0, 1, 0) == (backed_up, in_the_way, put_back)

    return lost


class TestRestore:
    @pytest.mark.timeout(180)
    async def test_compares_before_anything_moves(self, region, monkeypatch):
        """
        What the backup lacks is listed from partners' books; nothing moves before that was seen.
        """
        monkeypatch.setattr("wallet.restoring.service.CODES_ARE_DEAD_AFTER", timedelta(0))
        shell, window = Restored(region), []
        await region.sandboxes.behave()
        lost = await lost_and_restored(region, shell, window)
        stop = await began(region)
        async with region.http.get(f"{region.origin}/readyz") as ready:
            failing = (await ready.json(content_type=None))["failing"]
        refused, told = await posted(region)
        _, (*lines, total) = await shell.restored("compare")
        found = [json.loads(line) for line in lines]
        count = sum(each["verdict"] != "agrees" for each in found)
        wrong = await shell.restored("end", "--differences", count + 1, *GROUNDS)
        ended = await shell.restored("end", "--differences", count, *GROUNDS)
        await asyncio.sleep(ASK_AGAIN_SECONDS)
        _, again = await posted(region)
        await stop()

        assert (["restored"], 503, "OVERLOADED", "60") == (
            failing,
            refused.status,
            told["code"],
            refused.headers["retry-after"],
        )
        assert [("only_there", lost["split"]["total_minor"])] == [
            (each["verdict"], each["amount_minor"])
            for each in found
            if each["integration_id"] == "nhsa"
        ]
        assert [("alipay", "not_told")] == [  # its statement comes out the next morning
            (each["integration_id"], each["verdict"])
            for each in found
            if each["integration_id"] != "nhsa"
        ]
        assert (f"differences: {count}", 1, 0) == (total, wrong[0], ended[0])
        assert "TOKEN_INVALID" == again["code"]

"""What the processes of a server and of a worker do when they begin and end."""

import asyncio
import gc
import multiprocessing
import os
import signal
from pathlib import Path

import click
import pytest
import structlog
from litestar import Litestar
from sqlalchemy import text

from tests.fixtures.logs import log_put_back
from wallet.cli import serve, worker
from wallet.cli.demo.ports import free_port
from wallet.cli.metering import common_page, page
from wallet.cli.serving import application
from wallet.http.metrics import Metrics
from wallet.settings import Settings


@pytest.fixture
def process(deployment):
    """
    A process of the deployment; what it sets up for good is put back afterwards.
    """
    with log_put_back():
        yield deployment
    gc.unfreeze()


async def stopped(work, capsys):
    """
    Let a worker get ready, then ask it to stop, as a supervisor does.
    """
    task = asyncio.create_task(work)
    for _ in range(2_000):
        if task.done() or "worker ready" in capsys.readouterr().out:
            break
        await asyncio.sleep(0.01)
    else:
        raise TimeoutError
    if not task.done():
        signal.raise_signal(signal.SIGTERM)
    await task
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().remove_signal_handler(number)


class TestApplication:
    def test_is_frozen(self, process):
        """
        Everything made at the start is out of the garbage collector's way.
        """
        del process
        app = application()

        assert (True, True) == (isinstance(app, Litestar), gc.get_freeze_count() > 0)


class TestWork:
    async def test_sees_to_duties(self, process, capsys):
        """
        A worker puts its duties on the list, and stops when it is asked to.
        """
        await stopped(worker._work(Settings()), capsys)
        rows = []

        async def kinds(services):
            async with services.basis.database.reading() as session:
                rows.extend(await session.scalars(text("SELECT kind FROM work_items")))

        await asyncio.to_thread(process.use, kinds)

        assert "prune_idempotency" in rows

    async def test_goes_on_without_duties(self, process, tmp_path, monkeypatch, capsys):
        """
        A worker whose database is away when it starts goes on asking for it.
        """
        del process
        monkeypatch.setenv("FUSION_WALLET_DATABASE_URL", f"sqlite:///{tmp_path}/away.db")
        with structlog.testing.capture_logs() as written:
            await stopped(worker._work(Settings()), capsys)

        assert "duties not scheduled" in {line["event"] for line in written}


class Started:
    """
    Stands where the server, or the worker's loop, would begin; keeps what it was begun with.
    """

    def __init__(self):
        self.given, self.served = {}, 0

    def __call__(self, *_arguments, **given):
        self.given = given
        return self

    def answer(self):
        self.served += 1

    def run(self, coroutine):
        coroutine.close()
        self.served += 1


class TestCommands:
    def test_serve(self, process, monkeypatch):
        """
        The server is begun with as many processes as were asked for, and time to end.
        """
        started = Started()
        monkeypatch.setattr(serve, "Server", started)
        monkeypatch.setenv("FUSION_WALLET_WORKERS", "3")
        process.told("serve")

        assert (1, 3, 30, False) == (
            started.served,
            started.given["workers"],
            started.given["workers_kill_timeout"],
            started.given["websockets"],
        )
        multiprocessing.set_start_method(None, force=True)

    def test_worker(self, process, monkeypatch):
        """
        The worker runs on the faster loop.
        """
        started = Started()
        monkeypatch.setattr(worker, "uvloop", started)
        process.told("worker")

        assert 1 == started.served


class TestPages:
    def test_switched_off(self, monkeypatch):
        """
        Without a port there is no page and no common folder.
        """
        monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
        with page(0, Metrics().registry), common_page(0):
            named = "PROMETHEUS_MULTIPROC_DIR" in os.environ

        assert not named

    def test_taken(self):
        """
        A port that is taken is said to be.
        """
        port = free_port()
        with (
            page(port, Metrics().registry),
            pytest.raises(click.ClickException, match="taken"),
            page(port, Metrics().registry),
        ):
            pass

    def test_common_folder(self, monkeypatch):
        """
        The processes that are started meanwhile are told of a folder, which goes with the page.
        """
        monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
        with common_page(free_port()):
            folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
            there = folder.is_dir()

        assert (True, False) == (there, folder.is_dir())

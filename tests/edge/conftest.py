"""The wallet on its real server behind the real proxy, once for this folder's tests."""

import secrets
import shutil
from contextlib import contextmanager

import pytest

from integrations.registry import Registry
from tests.fixtures.servers import serving
from tools.nginx.running import fronting
from wallet.app import compose, create_app
from wallet.cli.demo.ports import free_port
from wallet.clock import SystemClock, seconds
from wallet.settings import Settings
from wallet.vault.keyfile import SuiteName
from wallet.vault.rotation import generate

NAME = "wallet.example"


class Site:
    """
    Where the proxy listens, the wallet behind it, and what it counted.
    """

    def __init__(self, port, server_port, services):
        self.port, self.server_port, self.services = port, server_port, services
        self._metrics = services.basis.metrics

    def handled(self):
        """
        Return how many requests the wallet answered, found or not.
        """
        samples = [
            sample
            for metric in self._metrics.registry.collect()
            for sample in metric.samples
            if sample.name == "fusion_wallet_requests_total"
        ]
        return int(sum(sample.value for sample in samples))


@pytest.fixture(scope="session")
async def site(tmp_path_factory, sqlite_template):
    """
    The wallet behind nginx.
    """
    folder = tmp_path_factory.mktemp("edge")
    shutil.copyfile(sqlite_template(), folder / "wallet.db")
    clock, port, server_port = SystemClock(), free_port(), free_port()
    services = compose(
        Settings(
            database_url=f"sqlite:///{folder / 'wallet.db'}",
            public_origin=f"http://{NAME}",
            demo_login=True,
        ),
        clock=clock,
        keys=generate(SuiteName.INTERNATIONAL, seconds(clock.now()), secrets.token_bytes),
        registry=Registry(()),
    )
    place = folder / "nginx"
    async with serving(create_app(services), server_port):
        with fronting(place, port=port, server_port=server_port, name=NAME):
            yield Site(port, server_port, services)


@pytest.fixture
def two_machines(site, tmp_path):
    """
    Return what puts a proxy before the wallet and another machine, which is gone unless given.
    """

    @contextmanager
    def running(other_port=None):
        port = free_port()
        with fronting(
            tmp_path / str(port),
            port=port,
            server_port=site.server_port,
            name=NAME,
            other_ports=(other_port or free_port(),),
        ):
            yield Site(port, site.server_port, site.services)

    return running

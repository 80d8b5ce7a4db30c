"""
The inner page of counters: one for a server with all its processes, one for each worker.

The two cannot share a port; each is given its own ``FUSION_WALLET_METRICS_PORT``.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from prometheus_client import CollectorRegistry

from wallet.http.metrics import gathered, serve_metrics

_COMMON_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def page(port: int, registry: CollectorRegistry) -> Iterator[None]:
    """
    Show what this process counts, on loopback; 0 switches it off.

    Raises:
        click.ClickException: the port is taken.
    """
    if not port:
        yield
        return
    try:
        end = serve_metrics(port, registry)
    except OSError:
        raise click.ClickException(f"the port of metrics, {port}, is taken") from None
    try:
        yield
    finally:
        end()


@contextmanager
def common_page(port: int) -> Iterator[None]:
    """
    Show what all processes count together that are started meanwhile.

    They keep their counters in a folder of the server's, which its environment tells them of.

    Raises:
        click.ClickException: the port is taken.
    """
    if not port:
        yield
        return
    with TemporaryDirectory(prefix="fusion-wallet-metrics-") as folder:
        os.environ[_COMMON_FOLDER] = folder
        with page(port, gathered(Path(folder))):
            yield

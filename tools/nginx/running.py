"""
nginx with the shipped configuration, in front of a server of this machine.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from tools.nginx.installing import nginx

SHIPPED: Final = Path(__file__).parents[2] / "deploy" / "nginx"
_MAIN: Final = """
{user}
worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr warn;
events {{ worker_connections 2048; }}
http {{
{temporary}
    include conf.d/*.conf;
}}
"""
_TEMPORARY: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_PATIENCE_SECONDS: Final = 10.0


class Measured(Struct, frozen=True, kw_only=True):
    """
    The figures that an operator measures; those that are shipped unless given.

    Attributes:
        scans: a second that are handed on.
        connections: of one address at once.
    """

    scans: int = 2000
    connections: int = 200


_SHIPPED: Final = Measured()
_RATE: Final = f"rate={_SHIPPED.scans}r/s"
_CAP: Final = f"wallet_address {_SHIPPED.connections}"


@contextmanager
def fronting(
    folder: Path,
    *,
    port: int,
    server_port: int,
    name: str,
    measured: Measured = _SHIPPED,
    other_ports: Sequence[int] = (),
) -> Iterator[Path]:
    """
    Run nginx; gives the file it logs into, and ends it with the block.

    What an operator edits is written here: plain HTTP on loopback, the name, the address behind.

    Args:
        folder: empty; keeps its files.
        port: to listen on.
        server_port: of the wallet's server.
        name: the host it answers to.
        measured: the figures that an operator measures.
        other_ports: of the wallet's servers on other machines.
    """
    shutil.copytree(SHIPPED, folder, dirs_exist_ok=True)
    temporary = "\n".join(f"    {each}_temp_path temp-{each};" for each in _TEMPORARY)
    # its helpers may not be allowed to look into the folder of a test
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_MAIN.format(temporary=temporary, user=user))
    (folder / "wallet" / "listen.conf").write_text(
        f"listen 127.0.0.1:{port};\nserver_name {name};\n"
    )
    (folder / "wallet" / "listen-others.conf").write_text(
        f"listen 127.0.0.1:{port} default_server;\n"
    )
    upstream = folder / "wallet" / "upstream.conf"
    upstream.write_text(_upstream(upstream.read_text(), (server_port, *other_ports)))
    conf = folder / "conf.d" / "wallet.conf"
    text = conf.read_text().replace(_RATE, f"rate={measured.scans}r/s")
    conf.write_text(text.replace(_CAP, f"wallet_address {measured.connections}"))
    log = folder / "error.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - Debian's own
            [nginx(), "-p", str(folder), "-c", "nginx.conf"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _await(port, process, log)
        yield log
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _upstream(shipped: str, ports: Sequence[int]) -> str:
    """
    Return the upstream's file as an operator edits it for these servers.
    """
    counted = "max_fails=1 fail_timeout=5s" if len(ports) > 1 else "max_fails=0"
    lines = "\n".join(f"    server 127.0.0.1:{port} {counted};" for port in ports)
    return re.sub(r"^    server 127\.0\.0\.1:8000 .*$", lines, shipped, flags=re.MULTILINE)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(log.read_text())

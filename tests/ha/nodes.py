"""One machine of the cluster: a member of etcd, Patroni, and the PostgreSQL that it minds."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from string import Template

from tests.fixtures.ports import ReservedPort
from tests.ha.certificates import ADDRESS, Authority
from tests.ha.software import ROOT, Software, chown

TEMPLATE = ROOT / "deploy" / "patroni" / "patroni.yml"
ARCHIVE = "postgres-archive.sh"
CLUSTER = "fusion-wallet"
_SECONDS = 20
_STOPPING_SECONDS = 90


class Node:
    """
    A machine that can lose its power and get it back.

    Args:
        name: such as ``node1``.
        root: the run's folder.
        software: what it runs.
        authority: of the cluster.
        secrets: passwords of the cluster, by placeholder of the template.
    """

    def __init__(
        self,
        name: str,
        root: Path,
        software: Software,
        authority: Authority,
        secrets: Mapping[str, str],
    ) -> None:
        self.name = name
        self._software = software
        self._secrets = secrets
        self._folder = root / name
        self._folder.mkdir()
        chown(self._folder, software.account)
        self._authority = authority.file
        self._certificate, self._key = authority.issue(self._folder)
        self._data = self._folder / "data"
        self._configuration = self._folder / "patroni.yml"
        self._archive = root / "archive"
        self._ports = [ReservedPort() for _ in range(4)]
        self.postgres, self.rest, self._client, self._peer = (each.number for each in self._ports)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._begun = False

    @property
    def etcd(self) -> str:
        """
        Where its etcd answers.
        """
        return f"{ADDRESS}:{self._client}"

    @property
    def peer(self) -> str:
        """
        What the other members of etcd call it.
        """
        return f"{self.name}=https://{ADDRESS}:{self._peer}"

    @property
    def up(self) -> bool:
        """
        Whether it has power.
        """
        return bool(self._running)

    def start(self, others: "list[Node]") -> None:
        """
        Give it power.
        """
        self._start_etcd(others)
        self._write_configuration(others)
        self.start_patroni()
        self._begun = True

    def start_patroni(self) -> None:
        """
        Start Patroni alone, and with it PostgreSQL.
        """
        command, environment = self._software.patroni()
        self._spawn("patroni", [*command, str(self._configuration)], environment)

    def stop_patroni(self) -> None:
        """
        Stop it, and with it PostgreSQL; etcd goes on.
        """
        patroni = self._running.pop("patroni")
        patroni.terminate()
        patroni.wait(_STOPPING_SECONDS)

    def forget(self) -> None:
        """
        Have etcd forget the cluster, as an operator does with ``patronictl``; no Patroni runs.
        """
        command, environment = self._software.patronictl()
        subprocess.run(  # noqa: S603 - our own program
            [*command, "-c", str(self._configuration), "remove", CLUSTER],
            input=f"{CLUSTER}\nYes I am aware\n",
            text=True,
            env=environment,
            cwd=self._folder,
            check=True,
            timeout=_STOPPING_SECONDS,
            **self._software.account,
        )

    def put_aside(self) -> None:
        """
        Move its data out of the way.
        """
        self._data.rename(self._folder / "data.before")

    def take(self, data: Path) -> None:
        """
        Take over data that were restored.
        """
        data.rename(self._data)

    def kill(self) -> None:
        """
        Take its power away: everything that runs there ends at once.
        """
        for pid in (*(each.pid for each in self._running.values()), *self._postgres_pids()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for each in self._running.values():
            each.wait(_SECONDS)
        self._running.clear()

    def close(self) -> None:
        """
        Take its power away for good.
        """
        self.kill()
        for port in self._ports:
            port.close()

    def _start_etcd(self, nodes: "list[Node]") -> None:
        here = f"https://{ADDRESS}:{self._client}"
        peer = self.peer.partition("=")[2]
        self._spawn(
            "etcd",
            [
                *(str(self._software.etcd), "--name", self.name),
                *("--data-dir", str(self._folder / "etcd")),
                *("--listen-client-urls", here, "--advertise-client-urls", here),
                *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
                *("--initial-cluster", ",".join(each.peer for each in nodes)),
                *("--initial-cluster-state", "existing" if self._begun else "new"),
                *("--initial-cluster-token", CLUSTER),
                *self._tls("", "--client-cert-auth"),
                *self._tls("peer-", "--peer-client-cert-auth"),
                *("--heartbeat-interval", "200", "--election-timeout", "2000"),
            ],
            {},
        )

    def _tls(self, whose: str, verified: str) -> tuple[str, ...]:
        """
        Return how etcd proves itself to clients or peers, and that they have to as well.
        """
        return (
            *(f"--{whose}trusted-ca-file", str(self._authority)),
            *(f"--{whose}cert-file", str(self._certificate)),
            *(f"--{whose}key-file", str(self._key)),
            verified,
        )

    def _write_configuration(self, nodes: "list[Node]") -> None:
        values = {
            "NODE": self.name,
            "ADDRESS": ADDRESS,
            "NETWORK": f"{ADDRESS}/32",
            "REST_PORT": self.rest,
            "POSTGRES_PORT": self.postgres,
            "ETCD_HOSTS": ",".join(each.etcd for each in nodes),
            "MAX_CONNECTIONS": 120,
            "DATA_FOLDER": self._data,
            "BIN_FOLDER": self._software.postgres,
            "RUN_FOLDER": self._folder,
            "WATCHDOG": "off",
            "AUTHORITY_FILE": self._authority,
            "CERTIFICATE_FILE": self._certificate,
            "KEY_FILE": self._key,
            # the wheel's PostgreSQL was built without TLS
            "POSTGRES_TLS": '"off"',
            "POSTGRES_SSLMODE": "disable",
            "POSTGRES_HOST": "host",
            "ARCHIVE_COMMAND": f"{self._software.scripts / ARCHIVE} %p %f {self._archive}",
        }
        text = Template(TEMPLATE.read_text()).substitute(values | self._secrets)
        self._configuration.write_text(text)
        self._configuration.chmod(0o400)
        chown(self._configuration, self._software.account)

    def _spawn(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        with (self._folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own programs
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.defpath, "HOME": str(self._folder), **environment},
                cwd=self._folder,
                start_new_session=True,
                **self._software.account,
            )
        self._running[name] = process

    def _postgres_pids(self) -> list[int]:
        """
        Return its PostgreSQL's processes; a number that is another program's by now is left alone.
        """
        try:
            first = int((self._data / "postmaster.pid").read_text().splitlines()[0])
            here = Path(f"/proc/{first}/cwd").readlink()
        except (OSError, ValueError, IndexError):
            return []
        if here != self._data.resolve():
            return []
        return [first, *_children(first)]


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # after the name in brackets: state, parent
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == parent:
                    found.append(int(entry.name))
    return found

"""Three nodes, watched and spoken to as an operator does."""

import asyncio
import secrets
import shutil
import time
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import aiohttp
import asyncpg

from tests.ha.certificates import ADDRESS, Authority
from tests.ha.nodes import Node
from tests.ha.software import Software, chown

NODES = 3
DATABASE = "wallet"
_PAUSE_SECONDS = 0.2
_PATIENCE_SECONDS = 120.0
_SECRETS = ("SUPERUSER", "REPLICATION", "REWIND", "REST")
_GOOD = frozenset({"running", "streaming"})


class Cluster:
    """
    A cluster in a folder of its own.

    Args:
        root: the folder, which the nodes' account may use.
    """

    def __init__(self, root: Path) -> None:
        software = Software(root)
        self.software, self.root = software, root
        self.archive = root / "archive"
        self.archive.mkdir()
        chown(self.archive, software.account)
        self._authority = authority = Authority(root, software.account)
        self._secrets = {f"{name}_PASSWORD": secrets.token_hex(12) for name in _SECRETS}
        self._password = secrets.token_hex(12)
        self.nodes = [
            Node(f"node{number}", root, software, authority, self._secrets)
            for number in range(1, NODES + 1)
        ]

    async def __aenter__(self) -> Self:
        """
        Start every node, make the wallet's account and its empty database.
        """
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=5),
            connector=aiohttp.TCPConnector(ssl=self._authority.operator()),
        )
        try:
            for node in self.nodes:
                node.start(self.nodes)
            await self.healthy()
            connection = await self._superuser("postgres")
            await connection.execute(f"create role wallet login password '{self._password}'")
            await connection.execute(f"create database {DATABASE} owner wallet")
            await connection.close()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """
        End everything that was started here.
        """
        await self._http.close()
        for node in self.nodes:
            node.close()
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def url(self) -> str:
        """
        The database's address as the wallet is told it: every node, in their order.
        """
        hosts = "&".join(f"host={ADDRESS}:{node.postgres}" for node in self.nodes)
        return f"postgresql://wallet:{self._password}@/{DATABASE}?{hosts}"

    def superuser(self, place: str) -> str:
        """
        Return the address of the wallet's database at a place, for the superuser.
        """
        return f"postgresql://postgres:{self._secrets['SUPERUSER_PASSWORD']}@/{DATABASE}?{place}"

    def replicator(self, place: str) -> str:
        """
        Return the address of a node for the account that copies it.
        """
        password = self._secrets["REPLICATION_PASSWORD"]
        return f"postgresql://replicator:{password}@/postgres?{place}"

    async def members(self) -> dict[str, dict[str, Any]]:
        """
        Return what Patroni says of every node, by name; nothing while nobody answers.
        """
        for node in self.nodes:
            if node.up:
                with suppress(aiohttp.ClientError, TimeoutError, ValueError):
                    async with self._http.get(f"https://{ADDRESS}:{node.rest}/cluster") as answer:
                        told = await answer.json(content_type=None)
                        return {each["name"]: each for each in told["members"]}
        return {}

    async def metrics(self) -> str:
        """
        Return what a node's Patroni shows Prometheus.
        """
        leader = await self.leader()
        async with self._http.get(f"https://{ADDRESS}:{leader.rest}/metrics") as answer:
            return await answer.text()

    async def talkative(self) -> list[str]:
        """
        Look whether whoever shows no certificate can read etcd or have Patroni change something.

        Who does show one is answered by the same etcd, so that it is the certificate that counts.
        """
        leader, faults = await self.leader(), []
        restart, version = (
            f"https://{ADDRESS}:{leader.rest}/restart",
            f"https://{leader.etcd}/version",
        )
        async with self._http.get(version) as answer:
            answer.raise_for_status()
        connector = aiohttp.TCPConnector(ssl=self._authority.stranger())
        async with aiohttp.ClientSession(connector=connector) as stranger:
            async with stranger.post(restart, json={}) as answer:
                if answer.status != HTTPStatus.FORBIDDEN:
                    faults.append(f"Patroni answers anybody {answer.status}")
            with suppress(aiohttp.ClientError):  # it ends the connection
                async with stranger.get(version):
                    faults.append("etcd answers anybody")
        return faults

    async def leader(self) -> Node:
        """
        Return the node that takes writes, once there is one.
        """
        return (await self.until(lambda told: self._leading(told) is not None))[0]

    async def healthy(self) -> None:
        """
        Wait until one node leads and every other that has power follows it.
        """
        await self.until(self._well)

    async def until(self, holds: Any) -> tuple[Node, dict[str, Any]]:
        """
        Wait until something holds of what Patroni says; return the leader, and what was said.

        Raises:
            TimeoutError: it does not.
        """
        latest = time.monotonic() + _PATIENCE_SECONDS
        told: dict[str, Any] = {}
        while time.monotonic() < latest:
            told = await self.members()
            leading = self._leading(told)
            if leading is not None and holds(told):
                return leading, told
            await asyncio.sleep(_PAUSE_SECONDS)
        raise TimeoutError(f"the cluster stands like this: {told}")

    async def begin_anew(self, data: Path) -> None:
        """
        Let the cluster begin anew from restored data: the runbook's steps for three machines.
        """
        leader = await self.leader()
        for node in (*self.followers(leader), leader):
            await asyncio.to_thread(node.stop_patroni)
        await asyncio.to_thread(leader.forget)
        for node in self.nodes:
            node.put_aside()
        first, *others = self.nodes
        first.take(data)
        first.start_patroni()
        await self.leader()
        for node in others:
            node.start_patroni()
        await self.until(self._whole)

    async def switch_over(self, candidate: Node) -> None:
        """
        Ask for another primary, as before the present one's machine is maintained.
        """
        leader = await self.leader()
        async with self._http.post(
            f"https://{ADDRESS}:{leader.rest}/switchover",
            json={"leader": leader.name, "candidate": candidate.name},
            auth=aiohttp.BasicAuth("patroni", self._secrets["REST_PASSWORD"]),
            timeout=aiohttp.ClientTimeout(total=60),
        ) as answer:
            if answer.status >= 300:
                raise RuntimeError(await answer.text())

    def followers(self, leader: Node) -> list[Node]:
        """
        Return the other nodes that have power.
        """
        return [node for node in self.nodes if node.up and node is not leader]

    async def fetch(self, sql: str) -> list[Any]:
        """
        Ask the primary's database of the wallet something.
        """
        connection = await self._superuser(DATABASE)
        try:
            return list(await connection.fetch(sql))
        finally:
            await connection.close()

    async def _superuser(self, database: str) -> asyncpg.Connection:
        leader = await self.leader()
        return await asyncpg.connect(
            host=ADDRESS,
            port=leader.postgres,
            user="postgres",
            password=self._secrets["SUPERUSER_PASSWORD"],
            database=database,
            timeout=10,
        )

    def _leading(self, told: dict[str, Any]) -> Node | None:
        for node in self.nodes:
            known = told.get(node.name)
            if node.up and known and known["role"] == "leader" and known["state"] == "running":
                return node
        return None

    def _well(self, told: dict[str, Any]) -> bool:
        up = [node.name for node in self.nodes if node.up]
        standbys = [told.get(name, {}) for name in up if name != self._name_of_leader(told)]
        return all(
            each.get("state") in _GOOD and "standby" in each.get("role", "") for each in standbys
        )

    def _whole(self, told: dict[str, Any]) -> bool:
        return len(told) == NODES and self._well(told)

    def _name_of_leader(self, told: dict[str, Any]) -> str:
        leading = self._leading(told)
        return leading.name if leading else ""

"""
Connections to whichever of one or several PostgreSQL hosts takes writes at the moment.

After a failover another host does. Everything of the wallet that connects does so here, and a
host that is gone without a word is noticed within seconds.
"""

import inspect
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import repeat
from typing import Any, Final
from urllib.parse import urlencode

import asyncpg
from sqlalchemy import URL

from wallet.db.errors import DatabaseUrlError
from wallet.db.faults import is_outage

_SECONDS_EACH: Final = 2.0
_SECONDS_ALONE: Final = 5.0
_OF_DIALECT: Final = (
    "async_fallback",
    "async_creator_fn",
    "prepared_statement_cache_size",
    "prepared_statement_name_func",
)
# what libpq calls the ways of TLS, such as ``sslmode``; the driver knows them in an address only
_TLS: Final = "ssl"
# a machine that lost its power says nothing; the defaults of the system would wait for hours
_WATCH: Final = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 10_000),
)
# a host that says nothing, or is not the one that takes writes
_SILENT: Final = (
    asyncpg.TargetServerAttributeNotMatched,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
)


class NoPrimaryError(ConnectionError):
    """
    No host takes writes at the moment.
    """


class Connecting:
    """
    Opens connections; the host that served last is tried first.

    Args:
        url: of the database; several hosts as ``?host=a:5432&host=b:5432``, TLS as libpq has it
            (``&sslmode=verify-full&sslrootcert=/etc/ssl/database.pem``).
        server_settings: of every session, such as ``jit``.

    Raises:
        DatabaseUrlError: the address has a parameter that the driver does not know.
    """

    def __init__(self, url: URL, server_settings: Mapping[str, str] | None = None) -> None:
        options = _options(url)
        hosts, ports = _listed(options.pop("host", None)), _listed(options.pop("port", None))
        each_its_own = len(ports) == len(hosts)
        self._places = list(zip(hosts, ports if each_its_own else repeat(ports[0]), strict=False))
        settings = dict(server_settings or {}) | dict(options.pop("server_settings", {}))
        self._options = {"target_session_attrs": "read-write"} | options
        if settings:
            self._options["server_settings"] = settings
        self._seconds = _SECONDS_EACH if len(self._places) > 1 else _SECONDS_ALONE
        self._served = 0

    async def __call__(self, **more: Any) -> asyncpg.Connection:  # noqa: ANN401
        """
        Open a connection to the host that takes writes.

        Args:
            more: what else asyncpg is to be told.

        Raises:
            NoPrimaryError: none does, or none was reached in time.
            asyncpg.PostgresError: every host turned us away for good, as by a wrong password.
            asyncpg.ClientConfigurationError: the address makes no sense, such as its way of TLS.
        """
        faults: list[Exception] = []
        for number in self._order():
            host, port = self._places[number]
            try:
                connection = await asyncpg.connect(
                    host=host, port=port, timeout=self._seconds, **(self._options | more)
                )
            except asyncpg.ClientConfigurationError:
                raise
            except (asyncpg.PostgresError, *_SILENT) as fault:
                # one that lags does not even know the database or account yet
                faults.append(fault)
            else:
                self._served = number
                _watch(connection)
                return connection
        if any(isinstance(fault, _SILENT) or is_outage(fault) for fault in faults):
            raise NoPrimaryError from faults[-1]
        raise faults[-1]

    def _order(self) -> Iterator[int]:
        yield self._served
        yield from (each for each in range(len(self._places)) if each != self._served)


def _options(url: URL) -> dict[str, Any]:
    """
    Return what asyncpg is to be told, without what only SQLAlchemy's dialect understands.
    """
    dialect = url.set(drivername="postgresql+asyncpg").get_dialect()()
    _, given = dialect.create_connect_args(url)
    options = {name: value for name, value in given.items() if name not in _OF_DIALECT}
    tls = {name: options.pop(name) for name in given if name.startswith(_TLS) and name != _TLS}
    if not options.keys() <= inspect.signature(asyncpg.connect).parameters.keys():
        raise DatabaseUrlError("it has a parameter that the driver does not know")
    return {"dsn": f"postgresql:///?{urlencode(tls)}"} | options if tls else options


def _listed(value: Any) -> Sequence[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else [value]


def _watch(connection: asyncpg.Connection) -> None:
    inner = connection._transport.get_extra_info("socket")  # noqa: SLF001 - no other way to it
    if inner is None or inner.family == socket.AF_UNIX:
        return
    for level, name, value in _WATCH:
        with suppress(OSError):
            inner.setsockopt(level, name, value)

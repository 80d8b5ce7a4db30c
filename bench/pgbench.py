"""
The yardstick: PostgreSQL doing the same SQL as one prepared statement, driven by `pgbench`.

The script is made of the very texts that the wallet sends, reading and writing folded into one
statement, the parameters replaced by values of the same kind and size.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from bench.postgres import Server
from bench.seeding import NONCE, PURPOSE, Desk
from wallet.devices.words import SERVER
from wallet.resolving.fast.statements import READ, WRITE

CLIENTS = 16
_THREADS = 2
_PARAMETER = re.compile(r"\$(\d+)")
_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
# sizes of what the wallet encrypts for a resident of this run: answer, subject, journal detail
_ANSWER, _SUBJECT, _DETAIL = 780, 36, 220
_CONTEXTS = "'health_card', 'insurance', 'payment'"
_BINDINGS = "1::bigint, 2, 3"
_ROUTE = "'POST /v1/resolve'"


def script(desk: Desk, residents: int) -> str:
    """
    Return the script of one transaction.

    Args:
        desk: who scans.
        residents: how many were seeded.
    """
    reading, writing = _reading(desk), _writing(desk)
    largest = 2**62
    lines = [
        f"\\set resident random(1, {residents})",
        f"\\set key random(1, {largest})",
        f"\\set presentation random(1, {largest})",
        f"\\set entry random(1, {largest})",
        _folded(_filled(READ, reading), _filled(WRITE, writing)),
    ]
    return "\n".join(lines) + ";\n"


def rate(
    server: Server, database: str, place: Path, seconds: int, *, clients: int = CLIENTS
) -> float:
    """
    Run a script and return transactions per second.

    Args:
        server: where.
        database: which, seeded.
        place: the script's file, readable for the server's account.
        seconds: for how long.
        clients: how many at once.
    """
    printed = server.run(
        *("pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", str(_THREADS)),
        *("-T", str(seconds), "-f", place, "-h", server.root, "-U", "postgres", database),
    )
    found = _RATE.search(printed)
    if found is None:
        raise LookupError("pgbench told no rate")
    return float(found[1])


def _reading(desk: Desk) -> Mapping[int, str]:
    return {
        1: ":resident",
        2: str(SERVER),
        3: f"'{PURPOSE}'",
        4: str(desk.party_id),
        5: str(desk.terminal_id),
        6: _ROUTE,
        7: ":key::text",
    }


def _writing(desk: Desk) -> Mapping[int, str]:
    consents = "4::bigint, 5, 6"  # those for registration, as they are seeded
    entry = ":entry::bigint"
    return {
        1: ":resident",
        2: str(SERVER),
        3: "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
        4: _bytes(NONCE),
        5: "false",
        6: "now()",
        7: str(desk.party_id),
        8: str(desk.terminal_id),
        9: f"'{PURPOSE}'",
        10: f"ARRAY[{_BINDINGS}]",
        11: f"ARRAY[{consents}]",
        12: _ROUTE,
        13: ":key::text",
        14: _bytes(bytes(32)),
        15: ":presentation",
        16: _bytes(bytes(_ANSWER)),
        17: "now() + interval '1 day'",
        18: "now() + interval '30 days'",
        19: "'outpatient_registration'",
        20: "now() + interval '5 minutes'",
        21: f"ARRAY[{_CONTEXTS}]",
        22: f"ARRAY[{_CONTEXTS}]",
        23: f"ARRAY[{_BINDINGS}]",
        24: "ARRAY[1, 1, 1]",
        25: "ARRAY['', '', '']",
        26: f"ARRAY[{', '.join([_bytes(bytes(_SUBJECT))] * 3)}]",
        27: f"ARRAY[{entry}, {entry} + 1]",
        28: "ARRAY['scanned', 'disclosed']",
        29: f"ARRAY[{', '.join([_bytes(bytes(_DETAIL))] * 2)}]",
    }


def _folded(read: str, write: str) -> str:
    writes = write.strip().removeprefix("WITH ").removesuffix("SELECT count(*) FROM raised")
    parts = ("WITH seen AS MATERIALIZED (", read, "),", writes, "SELECT seen.* FROM seen, raised")
    return " ".join(" ".join(parts).split())


def _filled(statement: str, values: Mapping[int, str]) -> str:
    return _PARAMETER.sub(lambda found: values[int(found[1])], statement)


def _bytes(value: bytes) -> str:
    return f"'\\x{value.hex()}'::bytea"

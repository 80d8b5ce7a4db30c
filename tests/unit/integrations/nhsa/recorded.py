"""The hand-written answers of the platform under tests/vectors/nhsa."""

from pathlib import Path

VECTORS = Path(__file__).parents[3] / "vectors" / "nhsa"


def recorded(name: str) -> bytes:
    return (VECTORS / name).read_bytes()

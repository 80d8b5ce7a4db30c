"""What the provider of tests is fetched by."""

import json
from pathlib import Path

_LOCKED = json.loads((Path(__file__).parent / "package-lock.json").read_bytes())["packages"]


def test_digests_without_addresses():
    """
    Every package has a digest, no address of a registry, and runs nothing at its installation.
    """
    packages = {name: told for name, told in _LOCKED.items() if name}

    assert packages
    assert [] == [name for name, told in packages.items() if "integrity" not in told]
    assert [] == [
        name for name, told in packages.items() if {"resolved", "hasInstallScript"} & told.keys()
    ]

"""
On what a run ran; a figure without its machine is worth nothing.
"""

import os
import platform
from importlib.metadata import version
from pathlib import Path


def described(*, storage: str, load: float, **more: str) -> dict[str, str]:
    """
    Return what a report says of the machine.

    Args:
        storage: what the data lay on.
        load: how many processes were ready to run before the run began (one-minute average).
        more: whatever else matters, by name.
    """
    return {
        "processor": f"{os.cpu_count()} × {_processor()}",
        "system": f"{platform.system()} {platform.release()}",
        "storage": storage,
        "busy with other things": f"{load:.1f} processes",
        "Python": platform.python_version(),
        **more,
        "granian": version("granian"),
    }


def load() -> float:
    """
    Return how many processes are ready to run, averaged over a minute.
    """
    return os.getloadavg()[0]


def _processor() -> str:
    place = Path("/proc/cpuinfo")
    if place.exists():
        for line in place.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()

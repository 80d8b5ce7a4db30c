"""
What a server's processes took of the processor; told only where ``/proc`` tells it.
"""

import os
from pathlib import Path

_UTIME, _STIME = 11, 12  # of ``/proc/<pid>/stat`` behind the name, proc(5)


def seconds_of(pid: int) -> float:
    """
    Return the processor time of a process and its children, in seconds; 0 where nobody tells.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    ticks = int(fields[_UTIME]) + int(fields[_STIME])
    return ticks / os.sysconf("SC_CLK_TCK") + sum(seconds_of(int(child)) for child in children)

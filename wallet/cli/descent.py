"""
What a server's process has of the one that started it.

When a server is ended by ``kill -9`` or for want of memory, its children live on: with old code
and keys, on the port on which the next server is started. Linux can tell them.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
from hashlib import sha256

import structlog

_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG in <linux/prctl.h>
_SIXTY_THREE_BITS = 63

_log = structlog.get_logger("wallet.cli")


def generation() -> int:
    """
    Return a number that all processes have in common that one server started, and no others.
    """
    digest = sha256(b"wallet generation" + multiprocessing.current_process().authkey).digest()
    return int.from_bytes(digest[:8]) % (1 << _SIXTY_THREE_BITS)


def end_with_parent() -> None:
    """
    See to it that this process is asked to end when the one that started it has ended (Linux).

    Does nothing in a process that nobody started as a part of itself, or elsewhere.
    """
    parent = multiprocessing.parent_process()
    if parent is None or sys.platform != "linux":
        return
    asked = ctypes.CDLL(None, use_errno=True).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
    if asked != 0:
        _log.warning("parent's death will not be told")
    if os.getppid() != parent.pid:  # it has ended since
        os.kill(os.getpid(), signal.SIGTERM)

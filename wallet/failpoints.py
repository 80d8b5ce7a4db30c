"""
Named places where a test may end the process, as if the machine had lost power, or stop it.

Nothing happens unless `arm` was called, which only the command line does, and only when
``FUSION_WALLET_FAILPOINT`` is set.
"""

import os
import signal

VARIABLE = "FUSION_WALLET_FAILPOINT"
STOP = "stop"
_armed: dict[str, int] = {}
_stopping: set[str] = set()


def arm(spec: str) -> None:
    """
    Arm one failpoint.

    Args:
        spec: ``name`` or ``name:3`` to end the process at the third hit; ``name:3:stop`` to stop
            it there until it is continued, as a machine does that runs out of memory or moves.
    """
    name, count, act, *_ = (*spec.split(":"), "", "")
    _armed[name] = int(count or 1)
    if act == STOP:
        _stopping.add(name)


def arm_from_environment() -> None:
    """
    Arm the failpoint that ``FUSION_WALLET_FAILPOINT`` names, if it names one.
    """
    spec = os.environ.get(VARIABLE)
    if spec:
        arm(spec)


def hit(name: str) -> None:
    """
    Pass a failpoint; ends the process at once, without cleaning up, when its turn has come.
    """
    if name not in _armed:
        return
    _armed[name] -= 1
    if _armed[name] > 0:
        return
    del _armed[name]
    how = signal.SIGSTOP if name in _stopping else signal.SIGKILL
    os.kill(os.getpid(), how)

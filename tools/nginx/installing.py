"""
Debian's nginx: there, unpacked now, or a fault. It is never installed, so no service starts.
"""

import shutil
from functools import cache
from typing import Final

from tools.debian.unpacking import NoPackageError, unpacked

PACKAGE: Final = "nginx"


class NoNginxError(RuntimeError):
    """
    There is none, and it could not be fetched.
    """


@cache
def nginx() -> str:
    """
    Return where nginx is.

    Raises:
        NoNginxError: it cannot be fetched from here; what to install is in it.
    """
    there = shutil.which(PACKAGE) or shutil.which(PACKAGE, path="/usr/sbin")
    if there is not None:
        return there
    try:
        return str(unpacked(PACKAGE) / "usr" / "sbin" / PACKAGE)
    except NoPackageError as fault:
        why = f"the proxy's configuration is tested with {PACKAGE}; install it ({fault})"
        raise NoNginxError(why) from None

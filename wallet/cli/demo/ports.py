"""
Ports of loopback for servers that are told where to listen.
"""

import os
import socket
from itertools import count
from typing import Final

# below those that systems give to outgoing connections, which could be there before the server is
_FIRST: Final = 20_000
_MANY: Final = 12_000
_tried = count()


def free_port() -> int:
    """
    Return a port that nobody listens on, another one at each call.

    Raises:
        OSError: there is none.
    """
    for _ in range(_MANY):
        # processes begin far from each other
        port = _FIRST + (os.getpid() * 101 + next(_tried)) % _MANY
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise OSError("every port is taken")

"""A server's process as the server starts it: ``python -m tests.faults.descending``."""

import multiprocessing
import os
import sys
import time

from wallet.cli.descent import end_with_parent

_LONG_SECONDS = 600


def main() -> None:
    """
    Start a child, which says who it is once it is to be told of this process's end.
    """
    child = multiprocessing.get_context("spawn").Process(target=_child)
    child.start()
    child.join()


def _child() -> None:
    end_with_parent()
    sys.stdout.write(f"{os.getpid()}\n")
    sys.stdout.flush()
    time.sleep(_LONG_SECONDS)


if __name__ == "__main__":
    main()

"""
Processes of a run: started, and ended by their own handle.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

TREE = Path(__file__).parents[1]
_GRACE_SECONDS = 15.0


@contextmanager
def running(
    *command: str, environment: Mapping[str, str], output: Path | None = None
) -> Iterator[int]:
    """
    Run a module of ours as a program; gives its process id, and ends it with the block.

    Args:
        command: the module and its arguments.
        environment: all that the process gets.
        output: the file that it prints into; nowhere unless given.
    """
    program = (sys.executable, "-m", *command)
    with program_running(program, {"PATH": "", **environment}, TREE, output) as pid:
        yield pid


@contextmanager
def program_running(
    program: Sequence[str | Path],
    environment: Mapping[str, str],
    folder: Path,
    output: Path | None = None,
) -> Iterator[int]:
    """
    Run a program in a folder; otherwise like `running`.
    """
    with (output or Path(os.devnull)).open("wb") as printed:
        process = subprocess.Popen(  # noqa: S603 - our own program, or one that was fetched
            program,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=printed,
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def forked(
    work: Callable[[], None], environment: Mapping[str, str], output: Path | None = None
) -> Iterator[int]:
    """
    Run a function in a copy of this process, which saves the imports; otherwise like `running`.

    A copy holds what this process does, so it serves for a look at a run, not for its figures.
    """
    process = multiprocessing.get_context("fork").Process(
        target=_work, args=(work, dict(environment), output)
    )
    process.start()
    try:
        yield process.pid or 0
    finally:
        process.terminate()
        process.join(_GRACE_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()


def _work(work: Callable[[], None], environment: Mapping[str, str], output: Path | None) -> None:
    with (output or Path(os.devnull)).open("wb") as printed:
        os.dup2(printed.fileno(), 1)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(TREE)
    work()

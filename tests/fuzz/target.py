"""What a fuzz target is: bytes in, a word out, and an assertion error for whatever must not be."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct


class Target(Struct, frozen=True, kw_only=True):
    """
    One thing that takes bytes of strangers.

    Attributes:
        name: of the target and of its folder under ``tests/fuzz/corpus``.
        run: takes any bytes; returns a word for how far they came, or fails with an
            `AssertionError`. Any other exception is a finding too.
        seeds: inputs that are made anew, so that they stay right when keys or forms change.
        reaches: the words that the seeds come to at least, so that no target runs idle.
        words: what the fuzzer may put in.
        longest: bytes of one input.
        close: ends what it runs on.
        there: does something on the thread on which the code runs.
    """

    name: str
    run: Callable[[bytes], str]
    seeds: tuple[bytes, ...]
    reaches: frozenset[str]
    words: tuple[bytes, ...] = ()
    longest: int = 4_096
    close: Callable[[], None] = lambda: None
    there: Callable[[Callable[[], None]], None] = lambda do: do()


def at_once(work: Awaitable[Any]) -> Any:
    """
    Return what comes of work that never waits, because what it would wait for is there.
    """
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waited for something")


def chosen(data: bytes, options: int) -> tuple[int, bytes]:
    """
    Take the first byte of an input for a choice, and the rest for the content.
    """
    return (data[0] % options if data else 0), data[1:]

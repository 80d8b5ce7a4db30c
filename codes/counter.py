"""The counter `step * 8 + sub`: what makes a code usable once."""

from codes.errors import OutOfRangeError
from codes.profiles import FUSION_1

_STEP_SECONDS = FUSION_1.step_seconds
_SUBS = FUSION_1.subs
_LOW_STEPS = 256 // _SUBS
_PASS_STEPS = FUSION_1.pass_seconds // _STEP_SECONDS


def step_at(seconds: int) -> int:
    """
    Return the number of the step that holds the instant `seconds` (Unix time).
    """
    return seconds // _STEP_SECONDS


def counter_at(seconds: int, sub: int) -> int:
    """
    Return the 64-bit counter of the `sub`-th code shown in the step of `seconds`.

    Raises:
        OutOfRangeError: `seconds` is negative or `sub` is not within 0..7.

    """
    if seconds < 0 or not 0 <= sub < _SUBS:
        raise OutOfRangeError
    return step_at(seconds) * _SUBS + sub


def low_byte(counter: int) -> int:
    """
    Return the byte of the counter that the text carries: five bits of step, three of sub.
    """
    return counter & 0xFF


def counter_in_pass(low: int, expires_at_seconds: int) -> int | None:
    """
    Rebuild the full counter whose low byte is `low` from the pass that shows it.

    A pass shows codes for 20 steps, fewer than the 32 that five bits tell apart, so at most one
    of its counters has a given low byte. The clock is not asked.

    Args:
        low: the byte that the text carries.
        expires_at_seconds: of the pass (Unix time), a multiple of the step.

    Returns:
        The counter, or None where the pass shows no such code.

    """
    first = step_at(expires_at_seconds) - _PASS_STEPS
    place = (low // _SUBS - first) % _LOW_STEPS
    if place >= _PASS_STEPS:
        return None
    return (first + place) * _SUBS + low % _SUBS


def instant_of(counter: int) -> int:
    """
    Return the second at which the counter's step begins (Unix time).
    """
    return counter // _SUBS * _STEP_SECONDS

"""The counter `step * 8 + sub`: what makes a code usable once."""

from codes.errors import OutOfRangeError
from codes.profiles import FUSION_1

_STEP_SECONDS = FUSION_1.step_seconds
_SUBS = FUSION_1.subs
_LOW_STEPS = 256 // _SUBS
_HALF = _LOW_STEPS // 2


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


def nearest_counter(low: int, now_seconds: int) -> tuple[int, int] | None:
    """
    Rebuild the full counter whose step is nearest to now and whose low byte is `low`.

    Thirty-two consecutive steps have different low bits, so there is exactly one candidate from
    16 steps before now to 15 after it.

    Returns:
        The counter and its step offset from now (-16..15), or None where the step would lie
        before 1970.

    """
    now_step = now_seconds // _STEP_SECONDS
    offset = (low // _SUBS - now_step + _HALF) % _LOW_STEPS - _HALF
    step = now_step + offset
    if step < 0:
        return None
    return step * _SUBS + low % _SUBS, offset


def instant_of(counter: int) -> int:
    """
    Return the second at which the counter's step begins (Unix time).
    """
    return counter // _SUBS * _STEP_SECONDS

"""Named parameter sets; a published one is never edited, a change gets a new name."""

import enum

import msgspec


class Suite(enum.IntEnum):
    """
    Which algorithms a code uses; the two upper bits of the header's low nibble.
    """

    INTERNATIONAL = 0
    NATIONAL = 1


class Profile(enum.IntEnum):
    """
    What proves that the device made the code; the two lower bits of the header's low nibble.

    The number 2 is reserved for printed sheets and is not supported yet.
    """

    OTP = 0
    SIGNED = 1


class Parameters(msgspec.Struct, frozen=True):
    """
    Times and counts that issuer, device and verifier must agree on.

    Attributes:
        version: the number in the header's high nibble.
        step_seconds: length of one step of the counter.
        subs: codes that one step can show, one after the other.
        pass_seconds: how long one pass may be shown.
        top_up_passes: passes in one top-up.
        offset_limit: steps before and after the present one that are accepted.

    """

    version: int
    step_seconds: int
    subs: int
    pass_seconds: int
    top_up_passes: int
    offset_limit: int

    @property
    def longest_pass_life_seconds(self) -> int:
        """
        From the issue of a top-up to the expiry of its last pass.
        """
        return self.top_up_passes * self.pass_seconds

    @property
    def retirement_seconds(self) -> int:
        """
        How long a key must live after it stopped issuing: the longest pass life plus two steps.
        """
        return self.longest_pass_life_seconds + 2 * self.step_seconds


FUSION_1 = Parameters(
    version=1,
    step_seconds=30,
    subs=8,
    pass_seconds=600,
    top_up_passes=432,
    offset_limit=1,
)

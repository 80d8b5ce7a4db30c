"""Counts how often the short way was tried, and how often it was gone to its end."""


class Counted:
    """
    Stands before a shortcut.

    Attributes:
        between: awaited after reading and before writing, once; for what happens meanwhile.
    """

    def __init__(self, shortcut):
        self._shortcut = shortcut
        self.admitted = 0
        self.done = 0
        self.between = None

    @classmethod
    def over(cls, region):
        """
        Count from now on for a region, as its attribute `short`.
        """
        region.short = region.resolving._shortcut = cls(region.resolving._shortcut)
        return region

    async def admit(self, attempt, accepted):
        ready = await self._shortcut.admit(attempt, accepted)
        self.admitted += ready is not None
        return ready

    async def disclose(self, *given):
        if self.between is not None:
            meanwhile, self.between = self.between, None
            await meanwhile()
        done = await self._shortcut.disclose(*given)
        self.done += done
        return done

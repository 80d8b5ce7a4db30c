"""Lets every scan be read and written together with another one, as under load."""

from msgspec.structs import replace

_NOBODY = 7
_NO_KEY = "a key that nobody sent"


def in_company(shortcut):
    """
    Have a shortcut's statements take two scans each time, of which the second one finds nobody.
    """
    store = shortcut._store
    reading, writing = store._reading._run, store._writing._run

    async def read(lot):
        other = replace(lot[0], resident_id=_NOBODY, key=_NO_KEY)
        return (await reading([*lot, other]))[:-1]

    async def write(lot):
        other = replace(lot[0].scan, resident_id=_NOBODY, key=_NO_KEY)
        *written, others = await writing([*lot, replace(lot[0], scan=other)])

        assert not others

        return written

    store._reading._run, store._writing._run = read, write

"""A base for values that are personal or secret: their repr shows only what is listed as safe."""

from typing import Any, ClassVar

import msgspec


class Redacted(msgspec.Struct, frozen=True):
    """
    A frozen value whose repr names its class and the fields in `shown`, nothing else.
    """

    shown: ClassVar[tuple[str, ...]] = ()

    def __repr__(self) -> str:
        """
        The class name and the safe fields.
        """
        safe = [f"{name}={getattr(self, name)!r}" for name in self.shown]
        return f"{type(self).__name__}({', '.join([*safe, '…'])})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """
        The safe fields, for pretty printers that would otherwise walk all of them.
        """
        return [(name, getattr(self, name)) for name in self.shown]

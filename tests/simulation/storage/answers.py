"""What a statement answers, with as much of SQLAlchemy's `Result` as the wallet uses."""

from collections.abc import Iterator, Sequence
from typing import Any


class Rows:
    """
    Rows: tuples with names, or objects where a whole row was asked for.
    """

    def __init__(self, rows: Sequence[Any], count: int | None = None) -> None:
        self._rows = rows
        self.rowcount = len(rows) if count is None else count

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> Sequence[Any]:
        """
        Return every row.
        """
        return self._rows

    def first(self) -> Any:
        """
        Return the first row, or None.
        """
        return self._rows[0] if self._rows else None

    def scalars(self) -> "Rows":
        """
        Return the first column of each row.
        """
        return Rows([_scalar(row) for row in self._rows])

    def scalar_one_or_none(self) -> Any:
        """
        Return the one value, or None; several are a fault.
        """
        if len(self._rows) > 1:
            raise LookupError("several rows")
        return _scalar(self._rows[0]) if self._rows else None

    def scalar_one(self) -> Any:
        """
        Return the one value.
        """
        if len(self._rows) != 1:
            raise LookupError("not one row")
        return _scalar(self._rows[0])


def _scalar(row: Any) -> Any:
    return row[0] if isinstance(row, tuple) else row

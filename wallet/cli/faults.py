"""
What whoever typed a command is told of a fault that is none of the program: a line, and no trace.
"""

from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from wallet.db.connecting import NoPrimaryError
from wallet.db.errors import DatabaseUrlError
from wallet.db.faults import is_unknown_to_schema
from wallet.errors import OverloadedError, StorageFullError
from wallet.settings import PREFIX, Settings


def told(fault: Exception) -> str | None:
    """
    Return what to tell, or None for a fault that wants its trace; names no setting's value.
    """
    match fault:
        case ValidationError() if fault.title == Settings.__name__:
            text: str | None = "; ".join(
                f"{PREFIX}{'.'.join(map(str, each['loc'])).upper()}: {each['msg']}"
                for each in fault.errors(include_input=False)
            )
        case DatabaseUrlError():
            text = f"{PREFIX}DATABASE_URL: {fault}"
        case OSError() if isinstance(fault.filename, str | Path):
            text = f"{fault.filename}: {fault.strerror}"
        case _:
            text = _of_database(fault)
    return text


def _of_database(fault: Exception) -> str | None:
    match fault:
        case NoPrimaryError():
            text: str | None = f"No host of the database takes writes{_because(fault)}."
        case OverloadedError():
            text = f"The database does not answer{_because(fault)}."
        case StorageFullError():
            text = "The database has no room."
        case _ if is_unknown_to_schema(fault):
            text = "The database lacks tables or columns: run `fusion-wallet migrate`."
        case DBAPIError() if fault.statement is None:  # nothing was asked, it let nobody in
            text = f"The database cannot be used: {_last_line(fault.orig or fault)}."
        case _:
            text = None
    return text


def _because(fault: BaseException) -> str:
    cause = fault.__cause__
    if cause is None:
        return ""
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return f": {_last_line(cause)}"


def _last_line(fault: BaseException) -> str:
    """
    Return the end of a driver's text; what stands before it are the names of its classes.
    """
    lines = str(fault).strip().splitlines()
    return lines[-1].rpartition("Error'>: ")[2].rstrip(".") if lines else type(fault).__name__

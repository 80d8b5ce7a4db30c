"""
Which faults of PostgreSQL mean that the server is away, stops, or is no primary any more.
"""

from typing import Final

_STATES: Final = frozenset(
    {
        "25006",  # read_only_sql_transaction: another server has become the primary
        "53300",  # too_many_connections
        "57P01",  # admin_shutdown
        "57P02",  # crash_shutdown
        "57P03",  # cannot_connect_now: starting or stopping
        "57P05",  # idle_session_timeout
    }
)
_CONNECTION: Final = "08"


def is_outage(fault: BaseException) -> bool:
    """
    Tell whether trying again in a moment, with another connection, is what helps.
    """
    state = str(getattr(fault, "sqlstate", None) or "")
    return state in _STATES or state.startswith(_CONNECTION)

"""
The names of every place where a test may end the process on the way of an outside call.
"""

from wallet.calls.results import OPERATIONS

BEFORE_PREPARE_COMMIT = "before_prepare_commit"
AFTER_PREPARE_COMMIT = "after_prepare_commit"
BEFORE_SEND_COMMIT = "before_send_commit"
AFTER_SEND_COMMIT = "after_send_commit"
AFTER_PERFORM = "after_perform"
BEFORE_RECORD_COMMIT = "before_record_commit"
AFTER_RECORD_COMMIT = "after_record_commit"
BEFORE_QUERY = "before_query"
AFTER_QUERY = "after_query"

DOING = (
    BEFORE_PREPARE_COMMIT,
    AFTER_PREPARE_COMMIT,
    BEFORE_SEND_COMMIT,
    AFTER_SEND_COMMIT,
    AFTER_PERFORM,
    BEFORE_RECORD_COMMIT,
    AFTER_RECORD_COMMIT,
)
ASKING = (BEFORE_QUERY, AFTER_QUERY)
ASKED = ("register", "cancel_registration", "settle", "cancel_settlement", "charge", "refund")
"""The others are repeated instead, or asked about by what they were to undo."""

CALL_FAILPOINTS = (
    *(f"{operation}.{where}" for operation in OPERATIONS for where in DOING),
    *(f"{operation}.{where}" for operation in ASKED for where in ASKING),
)

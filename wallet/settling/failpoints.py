"""
The name of every place on the way of money where a test may end the process.
"""

from wallet.calls.failpoints import CALL_FAILPOINTS
from wallet.settling.counter import INTENT_FAILPOINTS
from wallet.settling.handler import HANDLER_FAILPOINTS
from wallet.visiting.service import FAILPOINTS as VISIT_FAILPOINTS

FAILPOINTS = (*VISIT_FAILPOINTS, *INTENT_FAILPOINTS, *HANDLER_FAILPOINTS, *CALL_FAILPOINTS)

"""
The listed statements that look beyond one resident's shard.

Such a statement carries ``execution_options(cross_shard=NAME)``; every other statement on a table
that grows with residents names the resident. A test holds both.
"""

from collections.abc import Mapping

OPTION = "cross_shard"

WORKER_CLAIMS = "worker claims"
TRIAL_BALANCE = "trial balance"
PRUNING = "pruning"
OPERATORS_LIST = "operators' list"
LISTENERS = "listeners"
COMPARING = "comparing after a restore"
REWRAPPING = "rewrapping"

CROSS_SHARD: Mapping[str, str] = {
    WORKER_CLAIMS: "a worker takes whatever is due next, whoever it belongs to",
    TRIAL_BALANCE: "the books of the whole deployment must balance",
    PRUNING: "what is over is forgotten, also of people who never come again",
    OPERATORS_LIST: "a person sees what waits for a person, whoever it belongs to",
    COMPARING: "after a restore everything that is open is compared with partners' books",
    LISTENERS: "a process asks once a second for everybody who has their code open",
    REWRAPPING: "everybody's keys are wrapped anew, page by page",
}

"""
The listed statements that look beyond one resident's shard.

Such a statement carries ``execution_options(cross_shard=NAME)``; every other statement on a table
that grows with residents names the resident. A test holds both.
"""

from collections.abc import Mapping

OPTION = "cross_shard"

WORKER_CLAIMS = "worker claims"
TRIAL_BALANCE = "trial balance"

CROSS_SHARD: Mapping[str, str] = {
    WORKER_CLAIMS: "a worker takes whatever is due next, whoever it belongs to",
    TRIAL_BALANCE: "the books of the whole deployment must balance",
}

"""
The closed vocabularies of takings.
"""

from typing import Final

SETTLED: Final = "settled"
UNDONE: Final = "undone"
TAKEN: Final = "taken"
GIVEN_BACK: Final = "given_back"
KINDS: Final = (SETTLED, UNDONE, TAKEN, GIVEN_BACK)
# empty for a settlement, which no single method meets
METHODS: Final = ("", "agreement", "code", "card", "cash")

"""
What was shown at the desk, as an integration may rely on it. Pure.
"""

from integrations.spi import CardRead, Evidence, FusedCode, ScannedCode
from wallet.presentations.service import FOREIGN, Opening
from wallet.resolving import reading
from wallet.resolving.reading import Foreign
from wallet.resolving.scans import Attempt


def evidence(attempt: Attempt, opening: Opening) -> Evidence:
    """
    Return what stands for the resident's presence: never more than what was really shown.
    """
    card = attempt.scan.card
    if card is not None:
        return CardRead(reader=card.reader, card=card.card, number=card.number, serial=card.serial)
    if opening.method == FOREIGN:
        scanned = reading.parse(attempt.scan.code)
        if isinstance(scanned, Foreign):
            return ScannedCode(family=scanned.family, text=scanned.text)
    return FusedCode(reference=f"{opening.presentation_id:x}")

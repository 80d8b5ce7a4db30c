"""
Closed vocabularies that the wallet and every integration share.
"""

from enum import StrEnum


class Purpose(StrEnum):
    """
    Why a desk looks at somebody; what may be released hangs on it.
    """

    IDENTIFICATION = "identification"
    REGISTRATION = "registration"
    SETTLEMENT = "settlement"
    PAYMENT = "payment"


class Scene(StrEnum):
    """
    Where in the visit a code is shown; each integration maps it to its partner's own code.
    """

    OUTPATIENT_REGISTRATION = "outpatient_registration"
    CONSULTATION = "consultation"
    EXAMINATION = "examination"
    TREATMENT = "treatment"
    OUTPATIENT_SETTLEMENT = "outpatient_settlement"
    DISPENSING = "dispensing"
    PHARMACY_PURCHASE = "pharmacy_purchase"


class PersonKey(StrEnum):
    """
    The kind of document that names a person; ID-card number first, the others as a supplement.
    """

    ID_CARD = "id_card"
    RESIDENCE_PERMIT = "residence_permit"
    TRAVEL_PERMIT = "travel_permit"
    PASSPORT = "passport"
    FOREIGN_RESIDENT_CARD = "foreign_resident_card"
    BIRTH_CERTIFICATE = "birth_certificate"

"""
Which sign-ins were finished, so that none is finished twice.
"""

from datetime import datetime

from wallet.db.tables import Table, blob, instant, table


class SpentSignInRow(Table, table=True):
    """
    A sign-in that a provider's answer was taken for, known by the SHA-256 of its state alone.
    """

    __tablename__ = "spent_sign_ins"
    __table_args__ = table()

    digest: bytes = blob(key=True)
    expires_at: datetime = instant()

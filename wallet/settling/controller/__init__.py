"""
``/v1/visits/{id}/settlements`` and ``/v1/settlements``.
"""

from wallet.settling.controller.desk import SettlementsController
from wallet.settling.controller.on_screen import ScreenApprovalsController
from wallet.settling.controller.refunds import RefundsController
from wallet.settling.controller.resident import ResidentSettlementsController
from wallet.settling.controller.shifts import ShiftsController

__all__ = (
    "RefundsController",
    "ResidentSettlementsController",
    "ScreenApprovalsController",
    "SettlementsController",
    "ShiftsController",
)

"""What each request is for."""

from pathlib import Path

import msgspec
import pytest

from wallet.http.admission.routes import NOWHERE, is_plain, priority_of
from wallet.http.admission.words import Priority

_DOCUMENT = Path(__file__).parents[5] / "openapi" / "wallet.v1.json"
_FINISHING = {
    "approveOnScreen", "approveSettlement", "cancelSettlement", "cancelVisit", "confirmPayout",
    "confirmSettlement", "getReceipt", "getSettlement", "issueToken", "reportInvoice",
    "returnSettlement", "tenderSettlement",
}  # fmt: skip
_SCANNING = {
    "challengeDevice", "clearAlarm", "closeSession", "enrolDevice", "enrolTerminal",
    "freezeDevices", "getVisit", "makeBarcode", "openDemoSession", "openSettlement", "openVisit",
    "resolve", "revokeDevice", "showCode", "showCodeAsPng", "showCodeAsSvg", "topUpDevice",
    "unfreezeDevices",
}  # fmt: skip
_HISTORY = {
    "getMe", "getShiftTotals", "grantConsent", "linkContext", "listBindings", "listConsents",
    "listDevices", "listPresentations", "listSettlements", "listVisits", "makeBindingDefault",
    "unlinkContext", "withdrawConsent",
}  # fmt: skip


def documented():
    paths = msgspec.json.decode(_DOCUMENT.read_bytes())["paths"]
    found = {}
    for path, operations in paths.items():
        for method, operation in operations.items():
            if "operationId" in operation:
                found[operation["operationId"]] = priority_of(
                    method.upper(), path.replace("{", "").replace("}", "")
                )
    return found


class TestPriorityOf:
    def test_every_operation(self):
        """
        Every documented operation is where it was put; a new one has to be put somewhere.
        """
        expected = (
            dict.fromkeys(_FINISHING, Priority.FINISHING)
            | dict.fromkeys(_SCANNING, Priority.SCANNING)
            | dict.fromkeys(_HISTORY, Priority.HISTORY)
            | {"livez": None, "readyz": None}
        )

        assert expected == documented()

    @pytest.mark.parametrize(
        ("path", "priority"),
        [
            ("/payments/stl_1", Priority.FINISHING),
            ("/code", Priority.SCANNING),
            ("/code/events", Priority.SCANNING),
            ("/operator/sign-in", Priority.SCANNING),
            ("/", Priority.HISTORY),
            ("/payments", Priority.HISTORY),
            ("/desk", Priority.SCANNING),
            ("/operator", Priority.SCANNING),
            ("/operator/review", Priority.SCANNING),
            ("/operator/parties", Priority.HISTORY),
            ("/operator/systems", Priority.DECORATION),
            ("/assets/e/desk/desk.js", Priority.SCANNING),
            ("/nowhere", Priority.DECORATION),
        ],
    )
    def test_pages(self, path, priority):
        """
        What residents and operators see first goes before what they look at.
        """
        assert priority == priority_of("GET", path)


class TestIsPlain:
    @pytest.mark.parametrize("path", ["/", "/code/events", "/v1/visits/7", NOWHERE])
    def test_as_routes_are(self, path):
        """
        A path without empty segments is spelt as routes are.
        """
        assert is_plain(path)

    @pytest.mark.parametrize("path", ["//", "/code/events/", "//code/events", "/v1//visits"])
    def test_otherwise(self, path):
        """
        One with an empty segment is not, wherever it stands.
        """
        assert not is_plain(path)

"""What must never be in a log."""

from tests.fakes.clock import START
from wallet.devices.alarms import Seen
from wallet.devices.schemas import BarcodeView, CodeView, EnrolDevice, Passes, Seed

CODE = "FW" + "0" * 87


class TestReprs:
    def test_redacted(self):
        """
        No repr shows a code, a secret, a name or a place.
        """
        seed = Seed(key_id=0, seed="A" * 43)
        passes = Passes(
            header="AAAAAAA",
            starts_at_seconds=0,
            pass_seconds=600,
            passes=["A" * 54],
            seeds=[seed],
            drift=0,
            clock_offset_seconds=0,
            clock_warning=False,
        )
        enrol = EnrolDevice(
            public_key="A" * 122 + "==", challenge="c", signature="A" * 86, kind="app", name="张三"
        )
        values = (
            seed,
            passes,
            enrol,
            CodeView(text=CODE, fresh_until=START, poll_after_seconds=1),
            BarcodeView(digits="9" * 20, expires_at=START),
            Seen(party_id=1, terminal_id=2, at=START),
        )

        assert [
            "Seed(…)",
            "Passes(…)",
            "EnrolDevice('app', …)",
            "CodeView(…)",
            "BarcodeView(…)",
            "Seen(…)",
        ] == [repr(value) for value in values]

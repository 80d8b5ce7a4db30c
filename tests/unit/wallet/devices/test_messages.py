"""What devices sign."""

from itertools import permutations

from codes.signature import DOMAIN
from wallet.devices import messages


class TestMessages:
    def test_written_out(self):
        """
        Each message is its domain and its parts, one to a line.
        """
        written = (
            messages.enrolment_message("chl_1", "MFkw", "app", "我的手机"),
            messages.vouching_message("chl_1", "MFkw"),
            messages.passes_message("chl_1", 2, "otp", 1_772_415_000),
            messages.clearing_message("chl_1", 0),
            messages.approval_message(b"\x00\n"),
        )

        assert (
            "fusion-wallet/1/enrol\nchl_1\nMFkw\napp\n我的手机".encode(),
            b"fusion-wallet/1/vouch\nchl_1\nMFkw",
            b"fusion-wallet/1/passes\nchl_1\n2\notp\n1772415000",
            b"fusion-wallet/1/clear-alarm\nchl_1\n0",
            b"fusion-wallet/1/approval\n\x00\n",
        ) == written

    def test_no_domain_begins_another(self):
        """
        A signature under one domain can stand for none of another.
        """
        domains = [
            *(f"{name}\n".encode() for name in (messages.ENROL, messages.VOUCH)),
            *(f"{name}\n".encode() for name in (messages.PASSES, messages.CLEAR_ALARM)),
            messages.APPROVAL,
            DOMAIN,
        ]

        assert not any(one.startswith(other) for one, other in permutations(domains, 2))

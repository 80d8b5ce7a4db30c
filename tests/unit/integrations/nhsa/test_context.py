"""Settings, party profiles and what the wallet keeps."""

from datetime import UTC, datetime

import msgspec
import pytest

from integrations.nhsa.context import (
    InstitutionProfile,
    NhsaSettings,
    china_compact,
    china_time,
    from_china,
)
from integrations.nhsa.memory import Continuation, Credential, Payload, Subject, decode, encode
from tests.contract.nhsa.builders import TIF, profile_at


def decoded(**changes):
    raw = msgspec.json.encode(profile_at("http://fsi.example", **changes))
    return msgspec.json.decode(raw, type=InstitutionProfile)


class TestInstitutionProfile:
    def test_hospital_and_pharmacy(self):
        """
        Both gateways fit.
        """
        assert ("http://fsi.example/fsi/api", True) == (decoded().gateway.url, decoded().grants)
        assert decoded(pharmacy=True).grants is False

    @pytest.mark.parametrize(
        "changes",
        [
            {"fixmedins_code": "H4401060000"},
            {"fixmedins_code": "H44010600001\n"},
            {"fixmedins_code": "Ｈ44010600001"},
            {"admvs": "44010"},
            {"gateway": {"type": "csb", "url": "http://fsi.example"}},
            {"gateway": {"type": "single_url", "url": "ftp://fsi.example"}},
            {"gateway": {"type": "single_url", "url": "http://fsi.example/?a=1"}},
            {"gateway": {"type": "single_url", "url": "http://fsi.example", "secret": "x"}},
            {"gateway": {"type": "tif", "url": "http://fsi.example", "paasid": "x"}},
            {"gateway": TIF | {"url": "http://fsi.example", "paasid": "a\nb"}},
            {"gateway": TIF | {"url": "http://fsi.example", "paasid": "账号"}},
            {"grant_url": "javascript:alert(1)"},
            {"opter_type": "9"},
            {"ec_token_seconds": 0},
            {"answer_signature": "believed"},
            {"unknown": 1},
        ],
    )
    def test_refused(self, changes):
        """
        What does not fit is refused at the door.
        """
        with pytest.raises(msgspec.ValidationError):
            decoded(**changes)

    def test_grant_without_an_address(self):
        """
        A grant that cannot be asked for is none.
        """
        assert decoded(grant_url="").grants is False

    def test_says_nothing(self):
        """
        Neither profile nor settings show what is in them.
        """
        shown = repr(decoded()) + repr(decoded().gateway) + repr(NhsaSettings(linking=decoded()))

        assert "0123456789abcdef" not in shown
        assert "demo_hospital" not in shown


class TestTimes:
    def test_china(self):
        """
        The platform's day begins at 16:00 UTC.
        """
        at = datetime(2026, 11, 20, 16, 0, 0, tzinfo=UTC)

        assert ("20261121000000", "2026-11-21 00:00:00") == (china_compact(at), china_time(at))
        assert at == from_china("2026-11-21 00:00:00")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "2026-11-21",
            "2026-13-01 00:00:00",
            "0",
            "0001-01-01 00:00:00",
            "9999-12-31 23:59:59",
        ],
    )
    def test_no_time(self, text):
        """
        Anything else is no time, least of all what has none in UTC or no day after it.
        """
        assert from_china(text) is None


class TestMemory:
    @pytest.mark.parametrize(
        "value",
        [
            Subject(psn_no="P", insutype="310", insuplc_admdvs="440100"),
            Credential(fixmedins_code="H", cert_type="01", cert_no="T", expires=7),
            Continuation(mdtrt_id="M", msgids={"settle": "1"}),
            Payload(fixmedins_code="H", messages=(), before=Continuation(), after=Continuation()),
        ],
    )
    def test_round_trip_and_silence(self, value):
        """
        What the wallet keeps comes back equal, and shows nothing by itself.
        """
        assert value == decode(encode(value), type(value))
        assert f"{type(value).__name__}(…)" == repr(value)

    @pytest.mark.parametrize("raw", [b"", b"{}", b"\xff", b'{"psn_no":1}', b"[" * 9999])
    def test_not_ours(self, raw):
        """
        What is not ours is nothing.
        """
        assert decode(raw, Subject) is None

    def test_expiry(self):
        """
        Expiry is kept as seconds.
        """
        credential = Credential(fixmedins_code="H", cert_type="01", cert_no="T", expires=7)

        assert datetime(1970, 1, 1, 0, 0, 7, tzinfo=UTC) == credential.expires_at

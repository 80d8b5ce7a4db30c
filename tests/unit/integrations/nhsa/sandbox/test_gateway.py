"""The signed and the unsigned way in."""

import hashlib

import pytest

from integrations.nhsa.sandbox.gateway import (
    HEADERS_MISSING,
    NONCE_REPEATED,
    PAASID_UNKNOWN,
    SIGNATURE_WRONG,
    TIMESTAMP_OUTSIDE,
    TifGateway,
)

QUERY = {"data": {"stmt_begndate": "2026-03-02", "stmt_enddate": "2026-03-02"}}


class TestTif:
    """Signed headers over HTTP."""

    @pytest.mark.parametrize(
        ("overrides", "code"),
        [
            ({"x-tif-signature": "0" * 64}, "TIF_SIGNATURE"),
            ({"x-tif-signature": "ä"}, "TIF_SIGNATURE"),
            ({"x-tif-nonce": "1" * 32}, "TIF_SIGNATURE"),
            ({"x-tif-nonce": "short"}, "TIF_HEADERS_MISSING"),
            ({"x-tif-timestamp": "now"}, "TIF_HEADERS_MISSING"),
            ({"x-tif-paasid": "nobody"}, "TIF_PAASID_UNKNOWN"),
            ({"x-tif-paasid": "demo_pharmacy"}, "TIF_PAASID_UNKNOWN"),
        ],
    )
    async def test_turns_away(self, hospital, overrides, code):
        """
        With HTTP 401 and the gateway's own words.
        """
        body = hospital.envelope("3202", QUERY)
        headers = hospital.headers(**overrides)
        async with hospital.http.post("/fsi/api/3202", json=body, headers=headers) as response:
            answer = await response.json()

        assert (401, code) == (response.status, answer["code"])

    async def test_takes_a_nonce_once(self, hospital):
        """
        The very same headers do not open twice.
        """
        body, headers = hospital.envelope("3202", QUERY), hospital.headers()
        statuses = []
        for _ in range(2):
            async with hospital.http.post("/fsi/api/3202", json=body, headers=headers) as response:
                statuses.append(response.status)

        assert [200, 401] == statuses

    async def test_refuses_another_institutions_body(self, hospital, pharmacy):
        """
        Headers and body must be the same institution's.
        """
        body = pharmacy.envelope("3202", QUERY)
        async with hospital.http.post(
            "/fsi/api/3202", json=body, headers=hospital.headers()
        ) as response:
            answer = await response.json()

        assert 1011 == answer["infcode"]


class TestSingle:
    """The unsigned address."""

    async def test_refuses_an_institution_of_the_signed_gateway(self, hospital):
        """
        The hospital cannot leave its signature out.
        """
        body = hospital.envelope("3202", QUERY)
        async with hospital.http.post("/hss-call-service-interface", json=body) as response:
            answer = await response.json()

        assert 1011 == answer["infcode"]

    async def test_answers_a_body_without_a_number(self, pharmacy):
        """
        It is an envelope with a field missing, or no JSON at all.
        """
        codes = []
        for body in (b"{}", b"?"):
            async with pharmacy.http.post("/hss-call-service-interface", data=body) as response:
                codes.append((await response.json())["infcode"])

        assert [1002, 1001] == codes


class TestWindow:
    """Timestamps and the memory of nonces."""

    def headers(self, institution, stamp, nonce="n" * 32):
        text = f"{stamp}{institution.secret}{nonce}{stamp}"
        return {
            "x-tif-paasid": institution.paasid,
            "x-tif-timestamp": str(stamp),
            "x-tif-nonce": nonce,
            "x-tif-signature": hashlib.sha256(text.encode()).hexdigest(),
        }

    def test_holds_exactly_to_the_window(self, settings, clock):
        """
        300 seconds either way, not 301.
        """
        gateway = TifGateway(settings.institutions, 300)
        hospital, now = settings.institutions[0], int(clock.at.timestamp())
        answers = [
            gateway.admit(self.headers(hospital, now + offset, f"{offset + 400:032d}"), clock.at)
            for offset in (-301, -300, 300, 301)
        ]

        assert [TIMESTAMP_OUTSIDE, hospital, hospital, TIMESTAMP_OUTSIDE] == answers

    def test_forgets_nonces_only_when_no_timestamp_can_bring_them_back(self, settings, clock):
        """
        A header signed for the future stays used until it is too old.
        """
        gateway = TifGateway(settings.institutions, 300)
        hospital, now = settings.institutions[0], int(clock.at.timestamp())
        headers = self.headers(hospital, now + 300)
        first = gateway.admit(headers, clock.at)
        clock.forward(seconds=600)
        last = gateway.admit(headers, clock.at)
        clock.forward(seconds=1)
        late = gateway.admit(headers, clock.at)

        assert (hospital, NONCE_REPEATED, TIMESTAMP_OUTSIDE) == (first, last, late)

    def test_names_what_is_wrong(self, settings, clock):
        """
        Missing headers, unknown sender, wrong signature.
        """
        gateway = TifGateway(settings.institutions, 300)
        good = self.headers(settings.institutions[0], int(clock.at.timestamp()))

        assert HEADERS_MISSING == gateway.admit({}, clock.at)
        assert PAASID_UNKNOWN == gateway.admit(good | {"x-tif-paasid": "x"}, clock.at)
        assert SIGNATURE_WRONG == gateway.admit(good | {"x-tif-signature": "x"}, clock.at)

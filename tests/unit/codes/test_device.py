import pytest

from codes import (
    Accepted,
    Drawn,
    Issue,
    KeyMaterialError,
    NoPass,
    OfflineDevice,
    OutOfRangeError,
    Profile,
    ProfileMismatchError,
    SignatureShapeError,
    Suite,
    TopUp,
    draw_online,
    draw_signed,
    load_public_key,
    open_code,
    parse,
    top_up,
    verify_otp,
    verify_signed,
)
from codes.keys import KeyRing
from tests.vectors.codes import setting
from tests.vectors.codes.setting import HOLDER, ISSUER, KEYS, T0, issued, octets

DAY = 86_400


@pytest.fixture(params=Suite, ids=lambda suite: suite.name.lower())
def suite(request):
    return request.param


@pytest.fixture
def ring(suite):
    return KeyRing(ISSUER, [KEYS[suite]])


def supplied(ring: KeyRing, profile: Profile = Profile.OTP) -> TopUp:
    return top_up(
        ring, Issue(HOLDER, profile, 1), randomness=octets("top-up", 2160), now_seconds=T0 + 100
    )


class TestOfflineDevice:
    @pytest.mark.parametrize("later", [0, 1, 29, 30, 499, 500, 599, DAY, 3 * DAY - 101])
    def test_three_days(self, ring, later):
        """
        A phone without network shows accepted codes for three days.
        """
        at = T0 + 100 + later
        drawn = OfflineDevice(supplied(ring)).draw(at, 2)
        answer = verify_otp(open_code(parse(drawn.text), ring, at), at)

        assert isinstance(answer, Accepted)
        assert (drawn.counter, 0, 1) == (answer.counter, answer.step_offset, answer.flags)

    @pytest.mark.parametrize("at", [T0 - 1, T0 + 3 * DAY, T0 + 9 * DAY])
    def test_no_pass(self, ring, at):
        """
        Outside its passes a phone has nothing to show.
        """
        assert NoPass() == OfflineDevice(supplied(ring)).draw(at)

    def test_signed(self, suite, ring):
        """
        A phone with its own key shows signed codes from a top-up without seeds.
        """
        secret = setting.SECRETS[suite]
        phone = OfflineDevice(
            supplied(ring, Profile.SIGNED), lambda message: setting.sign(suite, secret, message)
        )
        at = T0 + DAY
        opened = open_code(parse(phone.draw(at).text), ring, at)
        public_key = load_public_key(suite, setting.public_point(suite, secret))

        assert isinstance(verify_signed(opened, public_key, at), Accepted)

    def test_no_signer(self, ring):
        """
        Signed passes without a signer are a fault.
        """
        with pytest.raises(KeyMaterialError):
            OfflineDevice(supplied(ring, Profile.SIGNED)).draw(T0)

    def test_no_seed(self, ring):
        """
        OTP passes without the seed of their key are a fault.
        """
        with pytest.raises(KeyMaterialError):
            OfflineDevice(TopUp(supplied(ring).passes, {})).draw(T0)

    def test_ninth_code(self, ring):
        """
        A step has eight codes.
        """
        with pytest.raises(OutOfRangeError):
            OfflineDevice(supplied(ring)).draw(T0, 8)

    def test_refresh(self, ring):
        """
        A code is fresh until its step ends.
        """
        drawn = OfflineDevice(supplied(ring)).draw(T0 + 59)

        assert isinstance(drawn, Drawn)
        assert T0 + 60 == drawn.fresh_until_seconds

    def test_repr(self, ring):
        """
        Neither seed nor code is in a repr.
        """
        phone = OfflineDevice(supplied(ring))

        assert "OfflineDevice(passes=432)" == repr(phone)
        assert "Drawn(fresh_until_seconds=1800000030, …)" == repr(phone.draw(T0))
        assert "TopUp(…)" == repr(supplied(ring))


class TestDrawOnline:
    def test_accepted(self, ring):
        """
        A code made by the server is accepted like a phone's.
        """
        at = T0 + 599
        drawn = draw_online(ring, Issue(HOLDER), randomness=b"salty", at_seconds=at, sub=6)
        answer = verify_otp(open_code(parse(drawn.text), ring, at), at)

        assert isinstance(answer, Accepted)
        assert drawn.counter == answer.counter

    def test_unlinkable(self, ring):
        """
        Two codes of one step under two salts share nothing but the header.
        """
        texts = [
            draw_online(ring, Issue(HOLDER), randomness=salt, at_seconds=T0).text
            for salt in (b"salty", b"sweet")
        ]
        first, second = (parse(text) for text in texts)

        assert first.header == second.header
        assert first.sealed_pass != second.sealed_pass
        assert first.proof != second.proof

    def test_signed(self, ring):
        """
        The server has no device's key, so it cannot be asked for a signed code.
        """
        with pytest.raises(ProfileMismatchError):
            draw_online(ring, Issue(HOLDER, Profile.SIGNED), randomness=bytes(5), at_seconds=T0)


class TestDrawSigned:
    def test_short_signature(self, suite):
        """
        A signer that answers in ASN.1 is a fault.
        """
        with pytest.raises(SignatureShapeError):
            draw_signed(issued(suite, Profile.SIGNED), lambda message: message[:63], 8)

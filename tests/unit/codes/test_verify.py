import pytest

from codes import (
    Accepted,
    Header,
    KeyRing,
    Opened,
    Profile,
    ProfileMismatchError,
    RefusalCode,
    Refused,
    Suite,
    load_public_key,
    open_code,
    parse,
    verify_otp,
    verify_signed,
)
from codes.text import encode
from tests.vectors.codes import setting
from tests.vectors.codes.cases import raw_of
from tests.vectors.codes.setting import (
    HOLDER,
    KEYS,
    MIDDLE,
    RING,
    T0,
    issued,
    otp_text,
    signed_text,
)

NOT_ACCEPTED = Refused(RefusalCode.CODE_NOT_ACCEPTED)
EXPIRED = Refused(RefusalCode.CODE_EXPIRED)
NOT_YET_VALID = Refused(RefusalCode.CODE_NOT_YET_VALID)
PUBLIC_KEYS = {
    suite: load_public_key(suite, setting.public_point(suite, setting.SECRETS[suite]))
    for suite in Suite
}


def check(text: str, now: int, ring: KeyRing = RING):
    opened = open_code(parse(text), ring, now)
    if not isinstance(opened, Opened):
        return opened
    if opened.profile is Profile.OTP:
        return verify_otp(opened, now)
    return verify_signed(opened, PUBLIC_KEYS[opened.suite], now)


def draw(suite: Suite, profile: Profile, at: int, sub: int = 0) -> str:
    given = issued(suite, profile, at)
    if profile is Profile.OTP:
        return otp_text(given, at, sub)
    return signed_text(given, at, sub)


@pytest.fixture(params=Suite, ids=lambda suite: suite.name.lower())
def suite(request):
    return request.param


class TestOpenCode:
    def test_contents(self, suite):
        """
        An opened code says who and until when, and shows none of it.
        """
        text = otp_text(issued(suite, Profile.OTP, flags=3), MIDDLE)
        opened = open_code(parse(text), RING, MIDDLE)

        assert isinstance(opened, Opened)
        assert (HOLDER, T0 + 600, 3, suite, Profile.OTP) == (
            opened.holder,
            opened.expires_at_seconds,
            opened.flags,
            opened.suite,
            opened.profile,
        )
        assert (HOLDER.resident_id, HOLDER.device_no, HOLDER.enrolment_nonce) == (
            opened.resident_id,
            opened.device_no,
            opened.enrolment_nonce,
        )
        assert str(HOLDER.resident_id) not in repr(opened)

    def test_other_issuer(self, suite):
        """
        A code of another region is not opened, though the keys were the same.
        """
        text = otp_text(issued(suite, Profile.OTP), MIDDLE)
        ring = KeyRing(setting.ISSUER + 1, [KEYS[suite]])

        assert NOT_ACCEPTED == open_code(parse(text), ring, MIDDLE)

    def test_other_suite(self, suite):
        """
        A code that names another suite than its key's is not opened.
        """
        raw = raw_of(otp_text(issued(suite, Profile.OTP), MIDDLE))
        raw[0] ^= 4

        assert NOT_ACCEPTED == open_code(parse(encode(bytes(raw))), RING, MIDDLE)

    def test_expired_pass(self, suite):
        """
        An expired pass opens: time is judged after the proof.
        """
        text = otp_text(issued(suite, Profile.OTP), MIDDLE)

        assert isinstance(open_code(parse(text), RING, MIDDLE + 86_400), Opened)


@pytest.mark.parametrize("profile", Profile)
class TestWindow:
    def test_second_by_second(self, suite, profile):
        """
        Each second around a code has exactly the answer that the page gives.
        """
        text, step = draw(suite, profile, MIDDLE), MIDDLE // 30
        for now in range(MIDDLE - 95, MIDDLE + 125, 1 if profile is Profile.OTP else 7):
            offset = step - now // 30
            answer = check(text, now)
            if offset < -1:
                assert EXPIRED == answer
            elif offset > 1:
                assert NOT_YET_VALID == answer
            else:
                assert isinstance(answer, Accepted)
                assert offset == answer.step_offset

    @pytest.mark.parametrize(
        ("seconds", "expected"),
        [
            (-61, NOT_YET_VALID),
            (-31, NOT_YET_VALID),
            (-30, 1),
            (-1, 1),
            (0, 0),
            (29, 0),
            (30, -1),
            (59, -1),
            (60, EXPIRED),
            (89, EXPIRED),
        ],
    )
    def test_borders(self, suite, profile, seconds, expected):
        """
        The borders of the three accepted steps are exact to the second.
        """
        answer = check(draw(suite, profile, MIDDLE), MIDDLE + seconds)

        assert expected == (answer.step_offset if isinstance(answer, Accepted) else answer)

    @pytest.mark.parametrize("start", [T0, T0 + 600])
    def test_outside_the_pass(self, suite, profile, start):
        """
        A good proof is accepted at each step of its pass and, outside it, at none.
        """
        given = issued(suite, profile, start)
        make = otp_text if profile is Profile.OTP else signed_text
        offsets = range(-33, 53) if profile is Profile.OTP else (-32, -12, -1, 0, 19, 20, 32, 51)
        for offset in offsets:
            at = start + 30 * offset
            answer = check(make(given, at), at)
            if 0 <= offset < 20:
                assert isinstance(answer, Accepted)
                assert at // 30 * 8 == answer.counter
            else:
                assert NOT_ACCEPTED == answer

    @pytest.mark.parametrize("at", [T0, T0 + 300, T0 + 570])
    @pytest.mark.parametrize(
        "later", [60, 480, 510, 600, 899, 930, 960, 990, 3600, 86_400, 2**32 - T0]
    )
    def test_age(self, suite, profile, at, later):
        """
        An honest code that is old is expired at any age, and one from ahead not yet valid.
        """
        text = draw(suite, profile, at)

        assert EXPIRED == check(text, at + later)
        assert NOT_YET_VALID == check(text, max(at - later, 0))

    def test_low_byte_outside_the_pass(self, suite, profile):
        """
        A low byte that the pass does not show is not accepted at any time.
        """
        raw = raw_of(draw(suite, profile, MIDDLE))
        answers = set()
        for low in range(20 * 8, 256):
            raw[45] = low
            text = encode(bytes(raw))
            answers |= {check(text, now) for now in (0, T0 - 30, MIDDLE, T0 + 600, T0 + 86_400)}

        assert {NOT_ACCEPTED} == answers

    def test_wrong_profile(self, suite, profile):
        """
        Handing a code to the check of the other profile is a fault, not a refusal.
        """
        opened = open_code(parse(draw(suite, profile, MIDDLE)), RING, MIDDLE)
        checks = {
            Profile.OTP: lambda: verify_signed(opened, PUBLIC_KEYS[suite], MIDDLE),
            Profile.SIGNED: lambda: verify_otp(opened, MIDDLE),
        }
        with pytest.raises(ProfileMismatchError):
            checks[profile]()


class TestVerifyOtp:
    def test_accepted(self, suite):
        """
        An accepted code carries all that consuming it needs.
        """
        text = otp_text(issued(suite, Profile.OTP, flags=7), MIDDLE, 5)

        expected = Accepted(
            resident_id=HOLDER.resident_id,
            device_no=HOLDER.device_no,
            enrolment_nonce=HOLDER.enrolment_nonce,
            counter=MIDDLE // 30 * 8 + 5,
            step_offset=-1,
            flags=7,
            suite=suite,
            profile=Profile.OTP,
            pass_expires_at_seconds=T0 + 600,
        )

        assert expected == check(text, MIDDLE + 30)
        assert "Accepted(step_offset=-1, " in repr(expected)
        assert str(HOLDER.resident_id) not in repr(expected)

    def test_every_bit(self, suite):
        """
        With any bit of its bytes flipped a code is never accepted.
        """
        raw = bytes(raw_of(otp_text(issued(suite, Profile.OTP), MIDDLE)))
        number = int.from_bytes(raw)
        answers = set()
        for bit in range(len(raw) * 8):
            parsed = parse(encode((number ^ 1 << bit).to_bytes(len(raw))))
            if hasattr(parsed, "proof"):
                answers.add(check(encode((number ^ 1 << bit).to_bytes(len(raw))), MIDDLE))

        assert {NOT_ACCEPTED} == answers

    def test_eight_subs(self, suite):
        """
        Eight codes of one step are eight texts with eight counters.
        """
        given = issued(suite, Profile.OTP)
        answers = [check(otp_text(given, MIDDLE, sub), MIDDLE) for sub in range(8)]

        assert list(range(MIDDLE // 30 * 8, MIDDLE // 30 * 8 + 8)) == [
            answer.counter for answer in answers
        ]

    def test_wrong_proof_hides_time(self, suite):
        """
        A wrong password is not accepted, whatever the time says.
        """
        raw = raw_of(otp_text(issued(suite, Profile.OTP), MIDDLE))
        raw[-1] ^= 1
        answers = {
            check(encode(bytes(raw)), MIDDLE + now) for now in (-86_400, -300, 0, 300, 86_400)
        }

        assert {NOT_ACCEPTED} == answers


class TestVerifySigned:
    def test_every_bit(self):
        """
        With any bit of its bytes flipped a signed code is never accepted.
        """
        suite = Suite.INTERNATIONAL
        raw = bytes(raw_of(signed_text(issued(suite, Profile.SIGNED), MIDDLE)))
        number = int.from_bytes(raw)
        answers = set()
        for bit in range(len(raw) * 8):
            parsed = parse(encode((number ^ 1 << bit).to_bytes(len(raw))))
            if hasattr(parsed, "proof"):
                answers.add(check(encode((number ^ 1 << bit).to_bytes(len(raw))), MIDDLE))

        assert {NOT_ACCEPTED} == answers

    def test_other_device(self, suite):
        """
        A signature by another device's key is not accepted.
        """
        text = signed_text(
            issued(suite, Profile.SIGNED), MIDDLE, secret=setting.OTHER_SECRETS[suite]
        )

        assert NOT_ACCEPTED == check(text, MIDDLE)

    def test_key_of_other_suite(self, suite):
        """
        A public key of the other suite verifies nothing.
        """
        opened = open_code(parse(signed_text(issued(suite, Profile.SIGNED), MIDDLE)), RING, MIDDLE)

        assert NOT_ACCEPTED == verify_signed(opened, PUBLIC_KEYS[Suite(1 - suite)], MIDDLE)

    def test_pass_of_other_profile(self, suite):
        """
        A pass for signed codes does not open under an OTP header: nobody can downgrade.
        """
        given = issued(suite, Profile.SIGNED)
        header = Header(suite, Profile.OTP, setting.ISSUER, KEYS[suite].key_id).to_bytes()
        text = encode(header + given.sealed + bytes(9))

        assert NOT_ACCEPTED == open_code(parse(text), RING, MIDDLE)

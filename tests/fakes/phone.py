"""A phone that holds a key, enrols it, tops up, shows codes without the network and approves."""

from base64 import b64encode, urlsafe_b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from codes import OfflineDevice, raw_from_der
from wallet.clock import seconds
from wallet.devices.enrolment import Enrolment, Vouching
from wallet.devices.keeping import Clearing
from wallet.devices.messages import (
    approval_message,
    clearing_message,
    enrolment_message,
    passes_message,
    vouching_message,
)
from wallet.devices.topping_up import Asked, ProfileName
from wallet.devices.words import DeviceKind


class Phone:
    """
    One phone of one resident, with a clock that may be wrong.

    Args:
        clock: the true time.
        services: of devices.
        resident_id: whose phone.
        ahead_seconds: how far its own clock is ahead.
    """

    def __init__(self, clock, services, resident_id, *, ahead_seconds=0):
        self._clock = clock
        self._services = services
        self.resident_id = resident_id
        self.ahead_seconds = ahead_seconds
        self.device_no = 0
        self._offline = None
        self._key = ec.generate_private_key(ec.SECP256R1())
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public_key = b64encode(der).decode()

    def now_seconds(self):
        return seconds(self._clock.now()) + self.ahead_seconds

    def sign(self, message):
        return raw_from_der(self._key.sign(message, ec.ECDSA(hashes.SHA256())))

    def sign_text(self, message):
        return urlsafe_b64encode(self.sign(message)).rstrip(b"=").decode()

    def challenge(self):
        return self._services.enrolment.challenge(self.resident_id).text

    def enrolment(self, *, kind=DeviceKind.APP, name="我的手机", challenge=None, voucher=None):
        challenge = challenge or self.challenge()
        vouching = None
        if voucher is not None:
            signature = voucher.sign(vouching_message(challenge, self.public_key))
            vouching = Vouching(device_no=voucher.device_no, signature=signature)
        message = enrolment_message(challenge, self.public_key, kind.value, name)
        return Enrolment(
            public_key=self.public_key,
            challenge=challenge,
            signature=self.sign(message),
            kind=kind,
            name=name,
            vouching=vouching,
        )

    async def enrol(self, **given):
        """
        Become one of the resident's devices.
        """
        enrolled = await self._services.enrolment.enrol(self.resident_id, self.enrolment(**given))
        self.device_no = enrolled.device_no
        return self

    def asked(self, profile=ProfileName.OTP, *, challenge=None):
        challenge, now = challenge or self.challenge(), self.now_seconds()
        message = passes_message(challenge, self.device_no, profile.value, now)
        return Asked(
            device_no=self.device_no,
            profile=profile,
            clock_seconds=now,
            challenge=challenge,
            signature=self.sign(message),
        )

    async def top_up(self, profile=ProfileName.OTP):
        """
        Fetch three days of passes.
        """
        topped_up = await self._services.topping_up.top_up(self.resident_id, self.asked(profile))
        self._offline = OfflineDevice(topped_up.top_up, self.sign)
        return topped_up

    def show(self, sub=0):
        """
        Return the text of the code on the screen.
        """
        return self.drawn(self.now_seconds(), sub).text

    def drawn(self, at_seconds, sub=0):
        """
        Return the code for any instant within the top-up.
        """
        return self._offline.draw(at_seconds, sub)

    def clearing(self, device_no=None):
        device_no = self.device_no if device_no is None else device_no
        challenge = self.challenge()
        return Clearing(
            device_no=device_no,
            signed_by=self.device_no,
            challenge=challenge,
            signature=self.sign(clearing_message(challenge, device_no)),
        )

    def approve(self, message):
        """
        Return the signature that approves a message.
        """
        return self.sign(approval_message(message))

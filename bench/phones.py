"""
Devices of residents with keys of either suite, and what they send to be topped up.
"""

import base64
from typing import Any

import gmssl_pyx
import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import insert

from bench.seeding import NONCE
from codes import raw_from_der
from wallet.app import Services
from wallet.clock import seconds
from wallet.devices.messages import passes_message
from wallet.devices.proofs import Challenges
from wallet.tables import metadata
from wallet.vault.keyfile import SuiteName

NUMBER = 1  # of the device that each resident has beside the server's
_UNCOMPRESSED = b"\x04"


class Phone:
    """
    A key; every resident of a run has the same one, which costs the server the same.

    Args:
        suite: of the key: P-256 or SM2.
    """

    def __init__(self, suite: SuiteName) -> None:
        self.suite = suite
        self._p256 = ec.generate_private_key(ec.SECP256R1())
        self._sm2 = gmssl_pyx.sm2_key_generate()

    @property
    def point(self) -> bytes:
        """
        The public key, 65 bytes.
        """
        if self.suite is SuiteName.NATIONAL:
            return _UNCOMPRESSED + bytes(self._sm2[0])
        return self._p256.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(self, message: bytes) -> bytes:
        """
        Return a signature, r ‖ s.
        """
        if self.suite is SuiteName.NATIONAL:
            public, private = self._sm2
            return raw_from_der(gmssl_pyx.sm2_sign(private, public, message))
        return raw_from_der(self._p256.sign(message, ec.ECDSA(hashes.SHA256())))

    async def enrol(self, services: Services, residents: int) -> None:
        """
        Give each resident this phone.
        """
        now = services.basis.clock.now()
        rows: list[dict[str, Any]] = [
            {
                "resident_id": resident_id,
                "device_no": NUMBER,
                "kind": "app",
                "status": "active",
                "enrolment_nonce": NONCE,
                "public_key": self.point,
                "suite": self.suite.value,
                "drift": 0,
                "high_water": -1,
                "drawn": -1,
                "created_at": now,
            }
            for resident_id in range(1, residents + 1)
        ]
        async with services.basis.database.transaction() as session:
            await session.execute(insert(metadata.tables["devices"]), rows)

    def topping_up(self, services: Services, resident_id: int, profile: str) -> bytes:
        """
        Return the body with which it asks for passes, a fresh challenge in it.
        """
        b = services.basis
        challenge = Challenges(clock=b.clock, ids=b.ids, vault=b.vault).give(resident_id).text
        now = seconds(b.clock.now())
        signature = self.sign(passes_message(challenge, NUMBER, profile, now))
        return msgspec.json.encode(
            {
                "challenge": challenge,
                "profile": profile,
                "clock_seconds": now,
                "signature": base64.urlsafe_b64encode(signature).rstrip(b"=").decode(),
            }
        )

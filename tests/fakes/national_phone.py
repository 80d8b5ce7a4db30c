"""A phone whose key is on the SM2 curve."""

from base64 import b64encode

import gmssl_pyx

from codes import raw_from_der
from tests.fakes.phone import Phone

_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


class NationalPhone(Phone):
    """
    Signs with SM2 and SM3, as the national suite wants it.
    """

    def __init__(self, clock, services, resident_id, **given):
        super().__init__(clock, services, resident_id, **given)
        self._pair = gmssl_pyx.sm2_key_generate()
        self.public_key = b64encode(_SPKI + b"\x04" + self._pair[0]).decode()

    def sign(self, message):
        public, private = self._pair
        return raw_from_der(gmssl_pyx.sm2_sign(private, public, message))

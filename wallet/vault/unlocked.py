"""
The keys of one person, read beforehand: for work that wants no database between its steps.
"""

from collections.abc import Callable, Mapping

from wallet.vault.envelope import NONCE_LENGTH, EnvelopeKey, Keep, Place, seal, unseal


class Unlocked:
    """
    Encrypts and decrypts values of one person.

    Args:
        keys: one for each keep.
        token: that many random bytes, for nonces.
    """

    __slots__ = ("_keys", "_token")

    def __init__(self, keys: Mapping[Keep, EnvelopeKey], token: Callable[[int], bytes]) -> None:
        self._keys = keys
        self._token = token

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "Unlocked(…)"

    def encrypt(self, keep: Keep, place: Place, plaintext: bytes) -> bytes:
        """
        Encrypt a value for its place.
        """
        return seal(self._keys[keep], self._token(NONCE_LENGTH), place, plaintext)

    def decrypt(self, keep: Keep, place: Place, ciphertext: bytes) -> bytes:
        """
        Decrypt a value of that place.

        Raises:
            DecryptionError: key, place or ciphertext are not those of the encryption.
        """
        return unseal(self._keys[keep].secret, place, ciphertext)

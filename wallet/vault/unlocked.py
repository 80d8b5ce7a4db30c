"""
The keys of one person, read beforehand: for work that wants no database between its steps.
"""

from collections.abc import Callable, Mapping

from wallet.vault.envelope import NONCE_LENGTH, Keep, Place, ReadyKey


class Unlocked:
    """
    Encrypts and decrypts values of one person.

    Args:
        keys: one for each keep.
        token: that many random bytes, for nonces.
    """

    __slots__ = ("_keys", "_token")

    def __init__(self, keys: Mapping[Keep, ReadyKey], token: Callable[[int], bytes]) -> None:
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
        return self._keys[keep].seal(self._token(NONCE_LENGTH), place, plaintext)

    def decrypt(self, keep: Keep, place: Place, ciphertext: bytes) -> bytes:
        """
        Decrypt a value of that place.

        Raises:
            DecryptionError: key, place or ciphertext are not those of the encryption.
        """
        return self._keys[keep].unseal(place, ciphertext)

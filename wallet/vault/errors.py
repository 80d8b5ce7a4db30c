"""
What can go wrong in the vault. All are faults of ours or of the operator; none carries a value.
"""


class VaultError(Exception):
    """
    The base of the vault's faults; never raised itself.
    """


class KeyFileError(VaultError):
    """
    The key file is missing, readable by others, or not what it should be; the text says which.
    """


class KeyRotationError(VaultError):
    """
    A key cannot be added or retired as asked; the text says why.
    """


class DecryptionError(VaultError):
    """
    A ciphertext was changed, moved to another place, or belongs to a key we no longer have.
    """


class KeyDestroyedError(VaultError):
    """
    The person's key was destroyed, or never made: what it protected cannot be read any more.
    """

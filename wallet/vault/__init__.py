"""
The vault: key file, envelope encryption, blind index, sealed ids.
"""

from wallet.vault.envelope import Keep, Place
from wallet.vault.keyfile import KeyFile
from wallet.vault.service import Vault

__all__ = ("Keep", "KeyFile", "Place", "Vault")

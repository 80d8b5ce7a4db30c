"""
The vault: key file, envelope encryption, blind index, sealed ids.
"""

from wallet.vault.envelope import Keep, Place
from wallet.vault.keyfile import KeyFile
from wallet.vault.service import Vault
from wallet.vault.unlocked import Unlocked

__all__ = ("Keep", "KeyFile", "Place", "Unlocked", "Vault")

"""The wallet of `tests.fixtures.wallets`."""

from tests.fixtures.wallets import wallet

__all__ = ("wallet",)

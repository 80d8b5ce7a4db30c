"""
``python -m wallet`` is ``fusion-wallet``.
"""

from wallet.cli.main import main

__all__ = ("main",)

if __name__ == "__main__":
    main()

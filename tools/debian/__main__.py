"""
``python -m tools.debian PACKAGE …``: unpack packages that are not unpacked yet.
"""

import sys

from tools.debian.unpacking import unpacked


def main() -> None:
    """
    Unpack what is named.
    """
    for name in sys.argv[1:]:
        unpacked(name)


if __name__ == "__main__":
    main()

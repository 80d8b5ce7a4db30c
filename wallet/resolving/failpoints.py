"""
The names of the places where a test may end the process while it writes scans.
"""

from typing import Final

BEFORE_COMMIT: Final = "scans.before_commit"
AFTER_COMMIT: Final = "scans.after_commit"

"""
Where things lie.
"""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ASKED: Final = ROOT / "javascript"
FETCHED: Final = Path(sys.prefix) / "javascript"
MODULES: Final = FETCHED / "node_modules"
SERVED: Final = ROOT / "wallet" / "pages" / "assets" / "vendor"

"""
``python -m bench``: what ``fusion-wallet bench resolve`` starts, with its options as JSON.
"""

import sys
from pathlib import Path

import msgspec

from bench.report import Report, markdown
from bench.resolve import Plan, run


def main() -> None:
    """
    Do one run; print its report, and write it where the plan says.
    """
    plan = msgspec.json.decode(sys.argv[1], type=Plan)
    told = run(plan)
    print(markdown(told))
    if plan.out:
        _write(told, Path(plan.out))


def _write(told: Report, place: Path) -> None:
    as_json = place.suffix == ".json"
    place.write_bytes(msgspec.json.encode(told) if as_json else markdown(told).encode())


if __name__ == "__main__":
    main()

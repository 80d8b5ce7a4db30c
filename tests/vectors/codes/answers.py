"""How a golden case is written down, and the answers it can name."""

from typing import Any

from codes.keys import Holder
from tests.vectors.codes.setting import HOLDER, T0

NOT_ACCEPTED = {"result": "CODE_NOT_ACCEPTED"}
EXPIRED = {"result": "CODE_EXPIRED"}
NOT_YET_VALID = {"result": "CODE_NOT_YET_VALID"}

Case = dict[str, Any]


def accepted(
    at: int,
    offset: int,
    sub: int = 0,
    *,
    holder: Holder = HOLDER,
    flags: int = 0,
    end: int = T0 + 600,
) -> Case:
    return {
        "result": "ACCEPTED",
        "resident_id": str(holder.resident_id),
        "device_no": holder.device_no,
        "enrolment_nonce": holder.enrolment_nonce.hex(),
        "counter": str(at // 30 * 8 + sub),
        "step_offset": offset,
        "flags": flags,
        "pass_expires_at": end,
    }


def case(name: str, text: str, now: int, expected: Case) -> Case:
    return {"name": name, "text": text, "now": now, "expected": expected}

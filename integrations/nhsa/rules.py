"""
What the platform's result codes mean, which insurance counts, and what a desk may show instead.

The platform is only known to answer 0 for done and something else for refused; the four-digit
codes are the ones of our sandbox (unconfirmed), a region's own come from the settings. A code in
no table settles nothing.
"""

from collections.abc import Mapping

from msgspec import Struct

from integrations.spi import Scene

DONE = "0"
GENERIC_REFUSAL = "-1"
"""The one refusal code that sources name; it tells nothing but that it was refused."""

MESSAGE_REPEATED = "1005"

REFUSALS: Mapping[str, str] = {
    GENERIC_REFUSAL: "INSURER_REFUSED",
    # envelope: our own fault or our configuration's
    "1001": "INSURER_REFUSED",
    "1002": "INSURER_REFUSED",
    "1003": "INSURER_REFUSED",
    "1004": "INSURER_REFUSED",
    "1006": "REVERSED",
    "1008": "INSURER_REFUSED",
    "1009": "INSURER_REFUSED",
    "1010": "PARTY_NOT_DESIGNATED",
    "1011": "PARTY_NOT_DESIGNATED",
    "1012": "INSURER_REFUSED",
    "1013": "INSURER_REFUSED",
    "1014": "INSURER_REFUSED",
    "1015": "INSURER_REFUSED",
    "1016": "INSURER_REFUSED",
    # person and credential
    "2001": "NOT_INSURED",
    "2002": "PERSON_MISMATCH",
    "2003": "CHOICE_REQUIRED",
    "2004": "CHOICE_REQUIRED",
    "2005": "SUSPENDED",
    "2006": "CREDENTIAL_REFUSED",
    "2007": "CREDENTIAL_EXPIRED",
    "2008": "CREDENTIAL_EXPIRED",
    "2009": "CREDENTIAL_EXPIRED",
    "2010": "CREDENTIAL_REFUSED",
    "2011": "PERSON_MISMATCH",
    "2012": "CREDENTIAL_REFUSED",
    "2013": "CREDENTIAL_REFUSED",
    "2014": "CREDENTIAL_REFUSED",
    "2015": "CREDENTIAL_REFUSED",
    "2016": "CREDENTIAL_REFUSED",
    # visit
    "3001": "NOT_REGISTERED",
    "3002": "NOT_REGISTERED",
    "3003": "NOT_REGISTERED",
    "3004": "ALREADY_CANCELLED",
    "3005": "OUT_OF_ORDER",
    "3006": "NOT_REGISTERED",
    "3007": "OUT_OF_ORDER",
    "3008": "OUT_OF_ORDER",
    "3009": "OUT_OF_ORDER",
    "3010": "BILL_REFUSED",
    "3011": "NOT_ENTITLED",
    "3012": "BILL_REFUSED",
    # bill
    "4001": "BILL_REFUSED",
    "4002": "BILL_REFUSED",
    "4003": "BILL_REFUSED",
    "4004": "BILL_REFUSED",
    "4005": "BILL_REFUSED",
    "4006": "OUT_OF_ORDER",
    "4007": "OUT_OF_ORDER",
    "4008": "BILL_REFUSED",
    # settlement
    "5001": "OUT_OF_ORDER",
    "5002": "BILL_REFUSED",
    "5003": "OUT_OF_ORDER",
    "5004": "OUT_OF_ORDER",
    "5005": "SETTLEMENT_UNKNOWN_THERE",
    "5006": "SETTLEMENT_UNKNOWN_THERE",
    "5007": "ALREADY_CANCELLED",
    "5008": "ALREADY_CANCELLED",
    "5009": "SETTLEMENT_UNKNOWN_THERE",
    # reversal
    "6001": "NOT_REVERSIBLE",
    "6002": "NOT_REVERSIBLE",
    "6003": "NOT_REVERSIBLE",
    "6004": "NOT_REVERSIBLE",
    "6005": "NOT_REVERSIBLE",
    "6006": "NOT_REVERSIBLE",
    # query, electronic credential, regional grant
    "7001": "INSURER_REFUSED",
    "8001": "CREDENTIAL_REFUSED",
    "8002": "CREDENTIAL_EXPIRED",
    "8003": "CREDENTIAL_EXPIRED",
    "8004": "CREDENTIAL_REFUSED",
    "8005": "CREDENTIAL_REFUSED",
    "8006": "INSURER_REFUSED",
    "8007": "CREDENTIAL_REQUIRED",
    "8008": "INSURER_REFUSED",
}

IN_DOUBT: Mapping[str, frozenset[str]] = {
    # what a repetition of a call that was carried out would be answered, by operation; "" is any
    "": frozenset({MESSAGE_REPEATED, "1007"}),
    "register": frozenset({"3005"}),
    "settle": frozenset({"2009", "4006"}),
}

ALREADY_SO: Mapping[str, frozenset[str]] = {
    # what an undo is answered when there is nothing left to undo
    "cancel_registration": frozenset({"3004"}),
    "revoke_upload": frozenset({"4007"}),
    "cancel_settlement": frozenset({"5007", "5008"}),
}

IN_DOUBT_WORDS = (
    "超时",
    "繁忙",
    "稍后",
    "处理中",
    "重复",
    "已处理",
    "已受理",
    "已接收",
    "已存在",
    "已完成",
    "已结算",
    "已撤销",
    "已冲正",
    "已退",
    "偏差",
    "timeout",
    "timed out",
    "busy",
    "duplicate",
    "processing",
)
"""With the generic code, a text holding one of these may speak of a call that was carried out."""


class Done(Struct, frozen=True, tag=True):
    """
    The platform says it is done.
    """


class AlreadySo(Struct, frozen=True, tag=True):
    """
    There was nothing left to undo.
    """


class Refuses(Struct, frozen=True, tag=True):
    """
    Definitely refused; the code is of the catalogue.
    """

    code: str


class Doubtful(Struct, frozen=True, tag=True):
    """
    The answer does not say whether it was done.
    """

    reason: str


Reading = Done | AlreadySo | Refuses | Doubtful


def read_result(
    infcode: str, err_msg: str, operation: str, regional: Mapping[str, str]
) -> Reading:
    """
    Say what a well-formed answer means for an operation (a request's tag, or empty).

    A region's own table goes first, but for codes that leave in doubt whether it was done.
    """
    if infcode == DONE:
        return Done()
    if infcode in ALREADY_SO.get(operation, ()) and infcode not in regional:
        return AlreadySo()
    if infcode in IN_DOUBT[""] or infcode in IN_DOUBT.get(operation, ()):
        return Doubtful(f"infcode_{infcode}")
    if infcode == GENERIC_REFUSAL and _speaks_of_doubt(err_msg):
        return Doubtful("infcode_-1_in_doubt")
    code = regional.get(infcode) or REFUSALS.get(infcode)
    return Refuses(code) if code else Doubtful(f"infcode_{infcode}_unlisted")


def _speaks_of_doubt(err_msg: str) -> bool:
    text = err_msg.lower()
    return any(word in text for word in IN_DOUBT_WORDS)


SCENES: Mapping[Scene, str] = {
    Scene.OUTPATIENT_REGISTRATION: "01101",
    Scene.CONSULTATION: "01201",
    Scene.EXAMINATION: "01203",
    Scene.TREATMENT: "01204",
    Scene.OUTPATIENT_SETTLEMENT: "01301",
    Scene.DISPENSING: "01302",
    Scene.PHARMACY_PURCHASE: "02121",
}
"""``businessType`` by scene (Jiangsu's guide and openhis agree on them)."""

INSUTYPES: Mapping[str, tuple[str, str]] = {
    "310": ("职工基本医疗保险", "Employee basic medical insurance"),
    "320": ("公务员医疗补助", "Civil-servant medical subsidy"),
    "330": ("大额医疗费用补助", "Large-amount medical subsidy"),
    "390": ("城乡居民基本医疗保险", "Resident basic medical insurance"),
}
"""``insutype`` by code, Chinese and English."""

INSURED = "1"
"""``psn_insu_stas`` of somebody insured and not paused."""

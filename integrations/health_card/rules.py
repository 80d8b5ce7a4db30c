"""
What the platform's codes mean for us, and ours for the platform.

Source: the Guangdong profile V2.0.0 as far as it is known. Regions deviate, hence the settings.
"""

from collections.abc import Mapping

from integrations.spi import PersonKey, Scene, Text

MAX_CODE_CHARACTERS = 130
FAMILY = "health_card"

REFUSALS = {
    "NOT_BOUND": Text("没有绑定电子健康卡", "No health card is bound"),
    "NOT_REGISTERED": Text("未查询到电子健康卡", "The platform knows no such card"),
    "CARD_CANCELLED": Text("电子健康卡已注销", "The card was cancelled"),
    "NAME_MISMATCH": Text("姓名与证件号码不一致", "Name and document do not belong together"),
    "DOCUMENT_INVALID": Text("证件号码无效", "The document number is not valid"),
    "DOCUMENT_UNSUPPORTED": Text(
        "该证件类型不能申领电子健康卡", "No card is issued on this kind of document"
    ),
    "CODE_REJECTED": Text("不是有效的电子健康卡二维码", "This is no valid health-card code"),
    "CODE_EXPIRED": Text("二维码已过期，请刷新", "The code has expired; refresh it"),
    "CODE_USED": Text("二维码已使用，请刷新", "The code was used already; refresh it"),
    "TERMINAL_UNKNOWN": Text("终端未备案", "The terminal is not on record at the platform"),
    "PARTY_NOT_SET_UP": Text(
        "本机构未接入电子健康卡平台", "This institution is not connected to the platform"
    ),
}

_RETURN_CODES = {
    "1013": "DOCUMENT_UNSUPPORTED",
    "2001": "NOT_REGISTERED",
    "2002": "CODE_REJECTED",
    "2003": "CODE_EXPIRED",
    "2004": "CODE_USED",
    "2005": "NAME_MISMATCH",
    "2006": "TERMINAL_UNKNOWN",
    "2008": "DOCUMENT_INVALID",
}

_STEPS = {
    Scene.OUTPATIENT_REGISTRATION: "010101",
    Scene.CONSULTATION: "010102",
    Scene.DISPENSING: "010103",
    Scene.PHARMACY_PURCHASE: "010103",
    Scene.EXAMINATION: "010104",
    Scene.OUTPATIENT_SETTLEMENT: "010105",
    Scene.TREATMENT: "010107",
}

_DOCUMENTS = {
    "01": PersonKey.ID_CARD,
    "03": PersonKey.PASSPORT,
    "06": PersonKey.TRAVEL_PERMIT,
    "07": PersonKey.TRAVEL_PERMIT,
}
_SEXES = {"1": "M", "2": "F"}


def refusal_of(return_code: str, regional: Mapping[str, str]) -> str | None:
    """
    The catalogue's code for a return code, or None when nobody listed it.
    """
    code = regional.get(return_code) or _RETURN_CODES.get(return_code)
    return code if code in REFUSALS else None


def step_of(scene: Scene, regional: Mapping[Scene, str]) -> str:
    """
    The platform's step of care (``medStepCode``) for a scene.
    """
    return regional.get(scene) or _STEPS[scene]


def document_code(kind: PersonKey, number: str) -> str | None:
    """
    The platform's document type (``idCardTypeCode``), or None when no card is issued on it.

    Travel permits of Hong Kong and Macao begin with a letter, those of Taiwan with a digit.
    """
    match kind:
        case PersonKey.ID_CARD | PersonKey.RESIDENCE_PERMIT:
            return "01"
        case PersonKey.PASSPORT:
            return "03"
        case PersonKey.TRAVEL_PERMIT:
            return "06" if number[:1].isalpha() else "07"
        case _:
            return None


def document_of(code: str) -> PersonKey | None:
    """
    The kind of document of a platform's document type.
    """
    return _DOCUMENTS.get(code)


def sex_of(code: str) -> str:
    """
    ``M``, ``F`` or ``U`` of the platform's sex code (GB/T 2261.1).
    """
    return _SEXES.get(code, "U")


def masked_card(card_number: str) -> str:
    """
    A card number that tells two cards apart and nothing else.
    """
    return f"****{card_number[-4:]}"

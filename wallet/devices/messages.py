"""
What a device signs, beside its codes.

Each message is text in UTF-8: a domain, then its parts, one to a line, no line feed at the end.
No domain is the beginning of another nor of the one that codes are signed under
(docs/code-format.md), so that no signature can stand for something else. Signatures are r ‖ s,
64 bytes, as WebCrypto makes them.
"""

from typing import Final

ENROL: Final = "fusion-wallet/1/enrol"
VOUCH: Final = "fusion-wallet/1/vouch"
PASSES: Final = "fusion-wallet/1/passes"
CLEAR_ALARM: Final = "fusion-wallet/1/clear-alarm"
APPROVAL: Final = b"fusion-wallet/1/approval\n"


def enrolment_message(challenge: str, public_key: str, kind: str, name: str) -> bytes:
    """
    Return what a new device signs with the key it enrols.

    Args:
        challenge: as it was given.
        public_key: as it is sent, base64.
        kind: ``app`` or ``web``.
        name: as it is sent.
    """
    return _message(ENROL, challenge, public_key, kind, name)


def vouching_message(challenge: str, public_key: str) -> bytes:
    """
    Return what an enrolled device signs so that a new one may approve at once.
    """
    return _message(VOUCH, challenge, public_key)


def passes_message(challenge: str, device_no: int, profile: str, clock_seconds: int) -> bytes:
    """
    Return what a device signs to get passes.

    Args:
        challenge: as it was given.
        device_no: its number.
        profile: ``otp`` or ``signed``.
        clock_seconds: the device's clock, Unix time.
    """
    return _message(PASSES, challenge, str(device_no), profile, str(clock_seconds))


def clearing_message(challenge: str, device_no: int) -> bytes:
    """
    Return what a device signs to clear the alarm of a device, itself or another one.
    """
    return _message(CLEAR_ALARM, challenge, str(device_no))


def approval_message(message: bytes) -> bytes:
    """
    Return what a device signs to approve a payment: a domain before what is approved.
    """
    return APPROVAL + message


def _message(*parts: str) -> bytes:
    return "\n".join(parts).encode()

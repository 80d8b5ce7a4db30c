"""
Requests from which the cases of the exhibit are made.
"""

import msgspec

from integrations.conformance import Bench
from integrations.spi import (
    Charge,
    LinkRequest,
    PaymentRequest,
    Person,
    PersonKey,
    Prepared,
    Purpose,
    Refund,
    Scene,
    SecureRequest,
    ValidateRequest,
)

HOSPITAL = "示范市第一人民医院"

LI = Person(
    name="李明",
    document_type=PersonKey.ID_CARD,
    document_number="440104198807213314",
    phone="13800138001",
)


def link_request(bench: Bench, reference: str) -> LinkRequest:
    """
    Bind the payer.
    """
    return LinkRequest(person=LI, reference=reference, now=bench.clock())


def validate_request(bench: Bench, subject: str) -> ValidateRequest:
    """
    Ask for a verdict before paying.
    """
    return ValidateRequest(
        subject=subject,
        purpose=Purpose.PAYMENT,
        scene=Scene.OUTPATIENT_SETTLEMENT,
        party=bench.party,
        now=bench.clock(),
    )


def secure_request(bench: Bench, subject: str, amount_minor: int) -> SecureRequest:
    """
    Ask whether an amount can be charged.
    """
    return SecureRequest(
        subject=subject, amount_minor=amount_minor, party=bench.party, now=bench.clock()
    )


def charge_request(subject: str, amount_minor: int, code: str = "") -> Charge:
    """
    Charge by agreement or code.
    """
    return Charge(
        subject=subject, code=code, amount_minor=amount_minor, hospital=HOSPITAL, terminal="T1"
    )


def refund_request(charge: Prepared, amount_minor: int) -> Refund:
    """
    Give back a part of a charge of 5 yuan.
    """
    return Refund(original=charge.reference, amount_minor=amount_minor, charged_minor=500)


def prepared(bench: Bench, request: PaymentRequest) -> Prepared:
    """
    Prepare a call with fresh numbers.
    """
    prepared: Prepared = bench.integration.prepare(request, b"", bench.numbers(), bench.party)
    return prepared


async def performed(bench: Bench, request: PaymentRequest) -> object:
    """
    Prepare and perform a call.
    """
    return await bench.integration.perform(prepared(bench, request), bench.party)


async def without_profile(bench: Bench) -> object:
    """
    Charge for a party that has no profile.
    """
    party = msgspec.structs.replace(bench.party, profile=b"")
    return bench.integration.prepare(
        charge_request("", 500, "28" * 9), b"", bench.numbers(), party
    )


async def of_a_void_code(bench: Bench) -> object:
    """
    Charge with a payment code that nobody shows.
    """
    return await performed(bench, charge_request("", 500, "280000000000000001"))


async def of_nothing(bench: Bench) -> object:
    """
    Charge nothing.
    """
    request = charge_request("", 0, "28" * 9)
    return bench.integration.prepare(request, b"", bench.numbers(), bench.party)


async def forged(bench: Bench) -> object:
    """
    Take a notification that Alipay did not sign.
    """
    form = {"app_id": "2021000000000001", "out_trade_no": "FW1", "sign": "AAAA"}
    return bench.integration.notification(form)

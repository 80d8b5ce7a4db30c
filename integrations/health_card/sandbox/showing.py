"""
Showing a card's code, reading it at a desk, and reporting its use.
"""

import re
from datetime import timedelta
from typing import Annotated

import msgspec

from integrations.health_card.sandbox.answers import Datas, Refusal
from integrations.health_card.sandbox.books import Books, Scan, UseReport
from integrations.health_card.sandbox.calls import Call, read
from integrations.health_card.sandbox.cards import Required, person_datas
from integrations.health_card.sandbox.qr import MAX_LENGTH, dynamic_code, opened

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
StepCode = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{6}\Z")]


class Showing(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """
    What `getActiveQrCode` reads.
    """

    erhc_card_no: Required


class Reading(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """
    What `getPersonInfoByQrCode` reads.
    """

    qr_code: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_LENGTH)]
    terminal_code: Required
    med_step_code: StepCode


class Reporting(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """
    What `reportHISData` reads.
    """

    erhc_card_no: Required
    med_step_code: StepCode
    time: Required
    department: str = ""


def active_code(books: Books, call: Call) -> Datas | Refusal:
    """
    `getActiveQrCode`: a fresh code for the holder's screen.
    """
    form = read(call, Showing)
    if isinstance(form, Refusal):
        return form
    card = books.cards.get(form.erhc_card_no)
    if card is None:
        return Refusal("2001")
    code = dynamic_code(books, card, call.settings, call.now)
    return {
        "erhcCardNo": card.erhc_card_no,
        "qrCode": code,
        "validSeconds": call.settings.qr_life_seconds,
    }


def person_info_by_code(books: Books, call: Call) -> Datas | Refusal:
    """
    `getPersonInfoByQrCode`: who showed this code at this terminal, in this step of care.

    A dynamic code serves each step once within its life; a printed one serves always.
    """
    form = read(call, Reading)
    if isinstance(form, Refusal):
        return form
    if form.terminal_code not in call.app.terminal_codes:
        return Refusal("2006")
    shown = opened(books, form.qr_code, call.settings)
    if shown is None:
        return Refusal("2002")
    if shown.made_at is not None:
        if call.now >= shown.made_at + timedelta(seconds=call.settings.qr_life_seconds):
            return Refusal("2003")
        if (form.qr_code, form.med_step_code) in books.spent:
            return Refusal("2004")
        books.spent.add((form.qr_code, form.med_step_code))
    books.scans.append(
        Scan(
            qr_code=form.qr_code,
            erhc_card_no=shown.card.erhc_card_no,
            org_code=call.app.org_code,
            terminal_code=form.terminal_code,
            med_step_code=form.med_step_code,
            at=call.now,
        )
    )
    return person_datas(shown.card)


def report_use(books: Books, call: Call) -> Datas | Refusal:
    """
    `reportHISData`: an institution reports that a card was used; the same report counts once.
    """
    form = read(call, Reporting)
    if isinstance(form, Refusal):
        return form
    if _INSTANT.fullmatch(form.time) is None:
        return Refusal("1002")
    if form.erhc_card_no not in books.cards:
        return Refusal("2001")
    report = UseReport(
        erhc_card_no=form.erhc_card_no,
        org_code=call.app.org_code,
        med_step_code=form.med_step_code,
        used_at=form.time,
        department=form.department,
    )
    books.reports[report] = None
    return {}

"""
Agreements to be charged without being asked: signing, `alipay.user.agreement.query`, `.unsign`.
"""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from integrations.alipay.sandbox.answers import Content, Refusal, declined, success
from integrations.alipay.sandbox.books import Agreement, AgreementNotice, Books, Fen
from integrations.alipay.sandbox.calls import Call, Text64, read
from integrations.alipay.sandbox.wire import china_text

DEFAULT_PRODUCT = "GENERAL_WITHHOLDING_P"
DEFAULT_SCENE = "INDUSTRY|MEDICAL"


class Signing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What a person signs on the page that the sandbox does not show.

    `single_limit_fen` is the most that one charge may take (None: no limit).
    """

    person: str
    app_id: str | None = None
    external_agreement_no: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9]{0,32}\Z")] = ""
    personal_product_code: Text64 = DEFAULT_PRODUCT
    sign_scene: Text64 = DEFAULT_SCENE
    single_limit_fen: Fen | None = None
    valid_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 36_500
    notify_url: str | None = None


class AgreementBiz(msgspec.Struct, frozen=True, kw_only=True):
    """
    How both interfaces name an agreement: by its number, or by who signed what.
    """

    agreement_no: Text64 = ""
    external_agreement_no: Text64 = ""
    alipay_user_id: Text64 = ""
    personal_product_code: Text64 = ""
    sign_scene: Text64 = ""


def sign(books: Books, signing: Signing, app_id: str, now: datetime) -> Agreement | None:
    """
    Enter a signed agreement, or None when the person has a live one of the same kind.
    """
    if any(
        row.app_id == app_id
        and row.person == signing.person
        and row.external_agreement_no == signing.external_agreement_no
        and row.personal_product_code == signing.personal_product_code
        and row.sign_scene == signing.sign_scene
        for row in books.agreements.values()
    ):
        return None
    number = books.next_number()
    day = china_text(now)[:10].replace("-", "")
    agreement = Agreement(
        agreement_no=f"{day}{int(now.timestamp()) % 86_400:05d}{number:07d}",
        app_id=app_id,
        person=signing.person,
        external_agreement_no=signing.external_agreement_no,
        personal_product_code=signing.personal_product_code,
        sign_scene=signing.sign_scene,
        status="NORMAL",
        single_limit_fen=signing.single_limit_fen,
        signed_at=now,
        invalid_at=now + timedelta(days=signing.valid_days),
        notify_url=signing.notify_url,
    )
    books.agreements[agreement.agreement_no] = agreement
    books.outbox.append(AgreementNotice(agreement, ended=False))
    return agreement


def agreement_query(books: Books, call: Call) -> Content | Refusal:
    """
    An agreement as it is; one that was ended does not exist any more.
    """
    agreement = _named(books, call)
    if isinstance(agreement, Refusal):
        return agreement
    person = books.people[agreement.person]
    content = success(
        agreement_no=agreement.agreement_no,
        principal_id=person.user_id,
        principal_type="CARD",
        alipay_logon_id=person.logon_id,
        personal_product_code=agreement.personal_product_code,
        sign_scene=agreement.sign_scene,
        status=agreement.status,
        sign_time=china_text(agreement.signed_at),
        valid_time=china_text(agreement.signed_at),
        invalid_time=china_text(agreement.invalid_at),
    )
    if agreement.external_agreement_no:
        content["external_agreement_no"] = agreement.external_agreement_no
    return content


def unsign(books: Books, call: Call) -> Content | Refusal:
    """
    End an agreement at the merchant's wish.
    """
    agreement = _named(books, call)
    if isinstance(agreement, Refusal):
        return agreement
    end(books, agreement)
    return success()


def end(books: Books, agreement: Agreement) -> None:
    """
    End an agreement, whoever wished it.
    """
    del books.agreements[agreement.agreement_no]
    books.outbox.append(AgreementNotice(agreement, ended=True))


def _named(books: Books, call: Call) -> Agreement | Refusal:
    biz = read(call, AgreementBiz)
    if biz is None or not (
        biz.agreement_no
        or (biz.personal_product_code and (biz.external_agreement_no or biz.alipay_user_id))
    ):
        return declined("ACQ.INVALID_PARAMETER")
    for row in books.agreements.values():
        if row.app_id == call.app.app_id and _fits(books, row, biz):
            return row
    return declined("USER_AGREEMENT_NOT_EXIST")


def _fits(books: Books, row: Agreement, biz: AgreementBiz) -> bool:
    if biz.agreement_no:
        return row.agreement_no == biz.agreement_no
    return (
        row.personal_product_code == biz.personal_product_code
        and biz.sign_scene in {"", row.sign_scene}
        and biz.external_agreement_no in {"", row.external_agreement_no}
        and biz.alipay_user_id in {"", books.people[row.person].user_id}
    )

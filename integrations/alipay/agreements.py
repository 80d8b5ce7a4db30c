"""
The agreements by which residents are charged: signing, standing, limit, ending.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from integrations.alipay import amounts, mapping, requests, rules
from integrations.alipay.client import Client
from integrations.alipay.context import Agreement, AlipaySettings, Application, application_of
from integrations.alipay.manifest import MANIFEST
from integrations.spi import (
    ActionRequired,
    Environment,
    Fields,
    Linked,
    LinkRequest,
    Refused,
    Secured,
    SecureRequest,
    UnavailableError,
    Unlinked,
    Valid,
    ValidateRequest,
    Verdict,
)

QUERY: Final = "alipay.user.agreement.query"
UNSIGN: Final = "alipay.user.agreement.unsign"
PAGE_SIGN: Final = "alipay.user.agreement.page.sign"

VALIDATE_MS: Final = MANIFEST.deadlines.own_validate_ms
UNSIGN_MS: Final = MANIFEST.deadlines.own_perform_ms


class Agreements:
    """
    What is asked of Alipay about agreements.
    """

    def __init__(self, environment: Environment, settings: AlipaySettings, client: Client) -> None:
        self._environment = environment
        self._settings = settings
        self._own = application_of(settings)
        self._client = client

    async def validate(self, request: ValidateRequest) -> Verdict:
        """
        Say whether the agreement still stands.
        """
        agreement = requests.agreement_of(request.subject)
        if agreement is None:
            return Refused("NOT_BOUND")
        reply = await self._standing(agreement, self._own)
        if reply is None:
            return Refused("AGREEMENT_ENDED")
        fields: Fields = {
            "provider": MANIFEST.id,
            "label": rules.masked_label(reply.alipay_logon_id),
            "limit_minor": self._limit(reply),
        }
        released = MANIFEST.releases.get(request.purpose, ())
        return Valid({name: fields[name] for name in released})

    async def link(self, request: LinkRequest) -> Linked | ActionRequired:
        """
        Send the resident to the page on which the agreement is signed, until it stands.
        """
        terms = requests.agreement_terms(
            self._settings.personal_product_code, self._settings.sign_scene, request.reference
        )
        reply = await self._ask(self._own, QUERY, terms, request.reference)
        if reply.code == rules.SUCCESS and reply.external_agreement_no != request.reference:
            raise UnavailableError(f"{QUERY}: the answer names another agreement")
        if reply.code == rules.SUCCESS and reply.status == rules.AGREEMENT_STANDS:
            return _linked(reply)
        if reply.code == rules.SUCCESS or reply.sub_code in rules.AGREEMENT_MISSING:
            return ActionRequired(url=self._sign_page(terms))
        raise _unexpected(QUERY, reply)

    async def unlink(self, subject: str) -> Unlinked | Refused:
        """
        End the agreement; one that is not known any more is ended.
        """
        agreement = requests.agreement_of(subject)
        if agreement is None:
            return Refused("NOT_BOUND")
        names = {"agreement_no": agreement.agreement_no}
        reply = await self._client.safe(self._own, UNSIGN, names, deadline_ms=UNSIGN_MS)
        if reply.code == rules.SUCCESS or reply.sub_code in rules.AGREEMENT_MISSING:
            return Unlinked()
        raise _unexpected(UNSIGN, reply)

    async def secure(self, request: SecureRequest) -> Secured | Refused:
        """
        Check that the agreement stands towards the application that will charge, and its limit.
        """
        profile = requests.profile_of(request.party)
        agreement = requests.agreement_of(request.subject)
        if profile is None:
            return Refused("PARTY_NOT_SET_UP")
        if agreement is None:
            return Refused("NOT_BOUND")
        if not 0 < request.amount_minor <= amounts.MAX_FEN:
            return Refused("AMOUNT_INVALID")
        reply = await self._standing(agreement, application_of(self._settings, profile))
        if reply is None:
            return Refused("AGREEMENT_ENDED")
        limit = self._limit(reply)
        within = limit is None or request.amount_minor <= limit
        return Secured(continuation=b"") if within else Refused("AMOUNT_OVER_LIMIT")

    async def _standing(self, agreement: Agreement, own: Application) -> mapping.Reply | None:
        reply = await self._ask(own, QUERY, {"agreement_no": agreement.agreement_no}, "")
        if reply.code == rules.SUCCESS and reply.agreement_no != agreement.agreement_no:
            raise UnavailableError(f"{QUERY}: the answer names another agreement")
        if reply.code == rules.SUCCESS:
            return reply if reply.status == rules.AGREEMENT_STANDS else None
        if reply.sub_code in rules.AGREEMENT_MISSING:
            return None
        raise _unexpected(QUERY, reply)

    async def _ask(
        self, own: Application, method: str, terms: Mapping[str, object], reference: str
    ) -> mapping.Reply:
        return await self._client.safe(
            own, method, terms, deadline_ms=VALIDATE_MS, reference=reference
        )

    def _sign_page(self, terms: Mapping[str, object]) -> str:
        biz_content = requests.encode({**terms, "access_params": {"channel": "ALIPAYAPP"}})
        timestamp = amounts.china_text(self._environment.now())
        signed = requests.parameters(self._own, PAGE_SIGN, biz_content, timestamp)
        return requests.sign_page(self._settings.sign_page_url, signed)

    def _limit(self, reply: mapping.Reply) -> int | None:
        return mapping.fen_of(reply.single_quota) or self._settings.single_limit_minor or None


def _linked(reply: mapping.Reply) -> Linked:
    try:
        agreement = msgspec.convert({"agreement_no": reply.agreement_no}, Agreement)
    except msgspec.ValidationError:
        raise UnavailableError(f"{QUERY}: the agreement has no number") from None
    return Linked(
        subject=msgspec.json.encode(agreement).decode(),
        label=rules.masked_label(reply.alipay_logon_id),
    )


def _unexpected(method: str, reply: mapping.Reply) -> UnavailableError:
    return UnavailableError(f"{method}: {mapping.said(reply)}")

"""
The exhibit's cases that change nothing: who somebody is, and what they may show.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from integrations.conformance import Bench, Refusal, Safe, Sandbox, Validation
from integrations.nhsa.exhibit_requests import (
    LI,
    LIU,
    SUN,
    ZHANG,
    ZHOU,
    card,
    credential_request,
    link_request,
    linked,
    validate_request,
)
from integrations.spi import (
    CardRead,
    DecodeRequest,
    PartyView,
    Person,
    Purpose,
    ScannedCode,
    Scene,
    ValidateRequest,
)

Call = Callable[[], Awaitable[object]]
_PAUSED = '{"psn_no":"44010000001000000007","insutype":"310","insuplc_admdvs":"440100"}'


class SafeCases:
    """
    Cases at the hospital's desk.

    Attributes:
        codes: the 医保码 that were minted, for the observer's check.
    """

    def __init__(self, sandbox: Sandbox, codes: list[str]) -> None:
        self._sandbox = sandbox
        self.codes = codes

    def validations(self) -> tuple[Validation, ...]:
        """
        Requests for a verdict, each refusal that a verdict can be included.
        """
        return (
            Validation("", _stands),
            Validation("", _identified),
            Validation("NOT_BOUND", _unbound),
            Validation("NOT_INSURED", partial(_shown, person=ZHOU, subject="")),
            Validation("SUSPENDED", partial(_shown, person=SUN, subject=_PAUSED)),
            Validation("CHOICE_REQUIRED", partial(_shown, person=LIU, subject="")),
            Validation("CREDENTIAL_REQUIRED", _nobody_there),
            Validation("CREDENTIAL_EXPIRED", _long_ago),
            Validation("PERSON_MISMATCH", _somebody_else),
            Validation("PARTY_NOT_DESIGNATED", _at_an_office),
        )

    def refusals(self) -> tuple[Refusal, ...]:
        """
        Evidence that is refused.
        """
        return (
            Refusal("CREDENTIAL_REFUSED", _unregistered_reader),
            Refusal("CREDENTIAL_EXPIRED", self._code_used_twice),
        )

    def calls(self) -> tuple[Safe, ...]:
        """
        One call of each method.
        """
        return (
            Safe("link", _linking),
            Safe("unlink", _unlinking),
            Safe("prove", _proving),
            Safe("obtain", self._obtaining),
            Safe("decode", self._decoding),
        )

    async def _mint(self, person: Person) -> ScannedCode:
        minted = await self._sandbox.post("/_sandbox/ec-codes", {"certno": person.document_number})
        self.codes.append(minted["code"])
        return ScannedCode(family="nhsa_ec", text=minted["code"])

    async def _obtaining(self, bench: Bench) -> Call:
        code = await self._mint(ZHANG)
        return partial(bench.integration.obtain, credential_request(bench, ZHANG, code))

    async def _decoding(self, bench: Bench) -> Call:
        request = DecodeRequest(
            code=await self._mint(ZHANG),
            purpose=Purpose.REGISTRATION,
            scene=Scene.OUTPATIENT_REGISTRATION,
            party=bench.party,
            now=bench.clock(),
        )
        return partial(bench.integration.decode, request)

    async def _code_used_twice(self, bench: Bench) -> object:
        obtain = await self._obtaining(bench)
        await obtain()
        return await obtain()


async def _stands(bench: Bench) -> ValidateRequest:
    return validate_request(bench, await linked(bench, ZHANG), await card(bench, ZHANG))


async def _identified(bench: Bench) -> ValidateRequest:
    return validate_request(bench, await linked(bench, ZHANG), b"", Purpose.IDENTIFICATION)


async def _unbound(bench: Bench) -> ValidateRequest:
    return validate_request(bench, "nobody's", b"")


async def _shown(bench: Bench, *, person: Person, subject: str) -> ValidateRequest:
    return validate_request(bench, subject, await card(bench, person))


async def _nobody_there(bench: Bench) -> ValidateRequest:
    return validate_request(bench, await linked(bench, ZHANG), b"")


async def _long_ago(bench: Bench) -> ValidateRequest:
    subject, credential = await linked(bench, ZHANG), await card(bench, ZHANG)
    bench.clock.advance(timedelta(hours=1))
    return validate_request(bench, subject, credential)


async def _somebody_else(bench: Bench) -> ValidateRequest:
    return validate_request(bench, await linked(bench, ZHANG), await card(bench, LI))


async def _at_an_office(bench: Bench) -> ValidateRequest:
    office = PartyView(id="party-2", name="街道办事处", kind="office")
    return ValidateRequest(
        subject=await linked(bench, ZHANG),
        purpose=Purpose.SETTLEMENT,
        scene=Scene.OUTPATIENT_SETTLEMENT,
        party=office,
        now=bench.clock(),
    )


async def _unregistered_reader(bench: Bench) -> object:
    evidence = CardRead(reader="RDR-9999", card="id_card", number=ZHANG.document_number)
    return await bench.integration.obtain(credential_request(bench, ZHANG, evidence))


async def _linking(bench: Bench) -> Call:
    return partial(bench.integration.link, link_request(bench, ZHANG))


async def _unlinking(bench: Bench) -> Call:
    return partial(bench.integration.unlink, await linked(bench, ZHANG))


async def _proving(bench: Bench) -> Call:
    return partial(bench.integration.prove, ZHANG)

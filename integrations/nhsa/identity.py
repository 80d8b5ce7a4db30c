"""
Who somebody is at the insurer: linking, proving, obtaining credentials, verdicts.

A stored ID number is never sent as if a card had been read: without evidence of presence there
is the regional grant, or nothing.
"""

from collections.abc import Mapping
from datetime import datetime

from integrations.nhsa.asking import Asker
from integrations.nhsa.context import InstitutionProfile
from integrations.nhsa.credentials import present_credential, read_card, what_to_show
from integrations.nhsa.envelope import Desk
from integrations.nhsa.manifest import EC_FAMILY, MANIFEST
from integrations.nhsa.memory import Credential, Subject, decode, encode
from integrations.nhsa.persons import (
    Insurance,
    Insured,
    choose,
    current,
    insurance_fields,
    label,
    parse_person,
    person_question,
    same_person,
)
from integrations.nhsa.presence import Doorkeeper
from integrations.nhsa.rules import Done, Refuses, read_result
from integrations.spi import (
    CardRead,
    CredentialRequest,
    Decoded,
    DecodeRequest,
    Fields,
    FusedCode,
    Linked,
    LinkRequest,
    LinkResult,
    Obtained,
    Person,
    Proved,
    Purpose,
    Refused,
    ScannedCode,
    Scene,
    UnavailableError,
    Valid,
    ValidateRequest,
    Verdict,
)

_RECORDS_AGREE = 1


class Registrar:
    """
    Answers the safe calls about persons.
    """

    def __init__(
        self, asker: Asker, doorkeeper: Doorkeeper, infcodes: Mapping[str, str], seconds: float
    ) -> None:
        self._asker = asker
        self._doorkeeper = doorkeeper
        self._infcodes = infcodes
        self._seconds = seconds

    async def validate(self, request: ValidateRequest, profile: InstitutionProfile) -> Verdict:
        """
        Say whether the bound insurance holds; see `Integration.validate`.

        Raises:
            UnavailableError: there is no answer that could be trusted.
        """
        subject = decode(request.subject, Subject)
        if subject is None and request.subject:
            return Refused("NOT_BOUND")
        if not request.credential:
            return _unasked(request, subject, profile)
        credential = present_credential(request.credential, request.now, profile)
        if isinstance(credential, Refused):
            return credential
        insured = await self._insured(profile, credential)
        if isinstance(insured, Refused):
            return insured
        return _verdict(current(insured, subject), profile, request.purpose)

    async def obtain(
        self, request: CredentialRequest, profile: InstitutionProfile
    ) -> Obtained | Refused:
        """
        Turn evidence of presence into a credential; see `Credentials.obtain`.

        Raises:
            UnavailableError: there is no answer that could be trusted.
        """
        match request.evidence:
            case FusedCode(reference=reference):
                return await self._by_fused_code(request, reference, profile)
            case CardRead() as card:
                return _by_card(request, card, profile)
            case ScannedCode() as code:
                return await self._by_scan(request, code, profile)

    async def decode(
        self, request: DecodeRequest, profile: InstitutionProfile
    ) -> Decoded | Refused:
        """
        Say who shows a 医保码; see `Decoding.decode`.

        Raises:
            UnavailableError: there is no answer that could be trusted.
        """
        if request.code.family != EC_FAMILY:
            return Refused("CREDENTIAL_REFUSED", what_to_show(profile))
        scanned = await self._doorkeeper.scan(
            profile, request.code.text, scene=request.scene, now=request.now
        )
        if isinstance(scanned, Refused):
            return scanned
        return Decoded(
            person=scanned.person,
            credential=encode(scanned.credential),
            expires_at=scanned.credential.expires_at,
        )

    async def link(
        self, request: LinkRequest, profile: InstitutionProfile
    ) -> LinkResult | Refused:
        """
        Bind a person to one of their insurances; see `Linking.link`.

        Raises:
            UnavailableError: there is no answer that could be trusted.
        """
        insured = await self._granted(profile, request.person, request.reference, request.now)
        if isinstance(insured, Refused):
            return insured
        if not same_person(insured, request.person):
            return Refused("PERSON_MISMATCH")
        chosen = choose(insured, request.choice)
        if not isinstance(chosen, Insurance):
            return chosen
        subject = Subject(
            psn_no=insured.psn_no, insutype=chosen.insutype, insuplc_admdvs=chosen.place
        )
        return Linked(subject=encode(subject).decode(), label=label(chosen))

    async def prove(
        self, person: Person, profile: InstitutionProfile, reference: str, now: datetime
    ) -> Proved | Refused:
        """
        Say whether name and ID number belong together; see `Proofing.prove`.

        Raises:
            UnavailableError: there is no answer that could be trusted.
        """
        insured = await self._granted(profile, person, reference, now)
        if isinstance(insured, Refused):
            return insured
        if not same_person(insured, person):
            return Refused("PERSON_MISMATCH")
        return Proved(level=_RECORDS_AGREE)

    async def _granted(
        self, profile: InstitutionProfile, person: Person, reference: str, now: datetime
    ) -> Insured | Refused:
        credential = await self._doorkeeper.grant(
            profile, person, scene=Scene.OUTPATIENT_REGISTRATION, reference=reference, now=now
        )
        if isinstance(credential, Refused):
            return credential
        return await self._insured(profile, credential)

    async def _insured(
        self, profile: InstitutionProfile, credential: Credential
    ) -> Insured | Refused:
        """
        Ask 1101 whom a credential stands for.
        """
        answer = await self._asker.ask(
            profile,
            "1101",
            person_question(credential),
            desk=Desk(place=credential.insu_org, reader=credential.reader),
            seconds=self._seconds,
        )
        match read_result(answer.infcode, answer.err_msg, "", self._infcodes):
            case Done():
                insured = parse_person(answer.output)
                if insured is None:
                    raise UnavailableError("1101: malformed")
                return insured
            case Refuses(code=code):
                helps = code.startswith("CREDENTIAL_")
                return Refused(code, what_to_show(profile) if helps else ())
            case _:
                raise UnavailableError(f"1101: infcode {answer.infcode}")

    async def _by_fused_code(
        self, request: CredentialRequest, reference: str, profile: InstitutionProfile
    ) -> Obtained | Refused:
        if request.person is None:
            return Refused("CREDENTIAL_REQUIRED", what_to_show(profile))
        granted = await self._doorkeeper.grant(
            profile, request.person, scene=request.scene, reference=reference, now=request.now
        )
        return granted if isinstance(granted, Refused) else _obtained(granted, "regional_grant")

    async def _by_scan(
        self, request: CredentialRequest, code: ScannedCode, profile: InstitutionProfile
    ) -> Obtained | Refused:
        if code.family != EC_FAMILY:
            return Refused("CREDENTIAL_REFUSED", what_to_show(profile))
        scanned = await self._doorkeeper.scan(
            profile, code.text, scene=request.scene, now=request.now
        )
        if isinstance(scanned, Refused):
            return scanned
        shown = scanned.person.document_number
        if request.person is not None and request.person.document_number != shown:
            return Refused("PERSON_MISMATCH")
        return _obtained(scanned.credential, EC_FAMILY)


def _by_card(
    request: CredentialRequest, card: CardRead, profile: InstitutionProfile
) -> Obtained | Refused:
    credential = read_card(profile, card, request.now)
    if isinstance(credential, Refused):
        return credential
    if request.person is not None and request.person.document_number != credential.cert_no:
        return Refused("PERSON_MISMATCH")
    return _obtained(credential, card.card)


def _obtained(credential: Credential, method: str) -> Obtained:
    return Obtained(credential=encode(credential), method=method, expires_at=credential.expires_at)


def _verdict(found: Insurance | Refused, profile: InstitutionProfile, purpose: Purpose) -> Verdict:
    if isinstance(found, Refused):
        return found
    return _valid(insurance_fields(found.insutype, found.place, profile.admvs, found), purpose)


def _unasked(
    request: ValidateRequest, subject: Subject | None, profile: InstitutionProfile
) -> Verdict:
    """
    Answer without a credential: what was bound, where that is enough.
    """
    if request.purpose in MANIFEST.credential_purposes:
        return Refused("CREDENTIAL_REQUIRED", what_to_show(profile))
    if subject is None:
        return Refused("NOT_BOUND")
    fields = insurance_fields(subject.insutype, subject.insuplc_admdvs, profile.admvs)
    return _valid(fields, request.purpose)


def _valid(fields: Fields, purpose: Purpose) -> Valid:
    """
    Hand out no more than the purpose releases.
    """
    released = MANIFEST.releases.get(purpose, ())
    return Valid({name: value for name, value in fields.items() if name in released})

"""
The electronic health card as the wallet sees it: `Proofing`, `Linking`, `Decoding`.
"""

from typing import Final

import msgspec

from integrations.health_card import mapping, rules
from integrations.health_card.client import Client, Told
from integrations.health_card.context import (
    Application,
    HealthCardPartyProfile,
    HealthCardSettings,
)
from integrations.health_card.manifest import MANIFEST
from integrations.health_card.scrubbing import scrub
from integrations.spi import (
    Decoded,
    DecodeRequest,
    Environment,
    Fields,
    InvalidSettingsError,
    Linked,
    LinkRequest,
    Manifest,
    PartyView,
    Person,
    Proved,
    Refused,
    UnavailableError,
    Unlinked,
    Valid,
    ValidateRequest,
    Verdict,
)

APPLY: Final = "createVmcardQRcode"
PERSON: Final = "getPersonInfo"
READ_CODE: Final = "getPersonInfoByQrCode"

RECORDS_AGREE: Final = 1


class HealthCardPlugin:
    """
    The health card before it is opened.
    """

    @property
    def manifest(self) -> Manifest:
        """
        What it declares.
        """
        return MANIFEST

    def open(self, environment: Environment) -> "HealthCard":
        """
        Open it; connects to nothing yet.

        Raises:
            InvalidSettingsError: the settings cannot be used.
        """
        try:
            settings = msgspec.json.decode(environment.settings, type=HealthCardSettings)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidSettingsError(str(error)) from None
        unknown = set(settings.return_codes.values()) - rules.REFUSALS.keys()
        if unknown:
            raise InvalidSettingsError("a code is not in the catalogue - at `$.return_codes`")
        return HealthCard(environment, settings)


class HealthCard:
    """
    The health card, opened.
    """

    def __init__(self, environment: Environment, settings: HealthCardSettings) -> None:
        self._settings = settings
        self._client = Client(environment, settings)

    @property
    def manifest(self) -> Manifest:
        """
        What it declares.
        """
        return MANIFEST

    def scrub(self, transcript: str) -> str:
        """
        Withhold whatever is not known to be harmless; idempotent.
        """
        return scrub(transcript)

    async def close(self) -> None:
        """
        Give up connections.
        """
        await self._client.close()

    async def validate(self, request: ValidateRequest) -> Verdict:
        """
        Say whether the platform still knows the card.

        Raises:
            UnavailableError: the platform did not answer, or answered of another card.
        """
        subject = mapping.subject(request.subject)
        if subject is None:
            return Refused("NOT_BOUND")
        profile = _profile(request.party)
        application = profile.application if profile else self._settings.application
        fields = {"erhcCardNo": subject.erhc_card_no}
        found = await self._card(application, PERSON, fields)
        if isinstance(found, Refused):
            return found
        if found.erhc_card_no != subject.erhc_card_no:
            raise UnavailableError(f"{PERSON}: the answer names another card")
        shown: Fields = {
            "card_no": rules.masked_card(subject.erhc_card_no),
            "erhc_card_no": subject.erhc_card_no,
            "empi": subject.empi,
        }
        released = MANIFEST.releases.get(request.purpose, ())
        return Valid({name: shown[name] for name in released})

    async def prove(self, person: Person) -> Proved | Refused:
        """
        Compare the person's name with the one the platform has for the document.

        Raises:
            UnavailableError: the platform did not answer.
        """
        document = _document(person)
        if document is None:
            return Refused("DOCUMENT_UNSUPPORTED")
        found = await self._card(self._settings.application, PERSON, document)
        if isinstance(found, Refused):
            return found
        if found.id_code.upper() != person.document_number:
            raise UnavailableError(f"{PERSON}: the answer names another document")
        same = found.name == person.name
        return Proved(level=RECORDS_AGREE) if same else Refused("NAME_MISMATCH")

    async def link(self, request: LinkRequest) -> Linked | Refused:
        """
        Apply for the person's card, or find the one that there is.

        Raises:
            UnavailableError: the platform did not answer.
        """
        document = _document(request.person)
        if document is None:
            return Refused("DOCUMENT_UNSUPPORTED")
        fields = {
            **document,
            "name": request.person.name,
            "phone": request.person.phone,
            "personnelType": "1",
        }
        found = await self._card(self._settings.application, APPLY, fields)
        if isinstance(found, Refused):
            return found
        subject = mapping.encode(found)
        if subject is None:
            raise UnavailableError(f"{APPLY}: the answer names no card")
        return Linked(subject=subject, label=f"电子健康卡 {rules.masked_card(found.erhc_card_no)}")

    async def unlink(self, subject: str) -> Unlinked | Refused:  # noqa: ARG002
        """
        Forget the card; the platform has no call for it, and the card is the person's own.
        """
        return Unlinked()

    async def decode(self, request: DecodeRequest) -> Decoded | Refused:
        """
        Say who shows a health-card code, in the name of the party's terminal and for the scene.

        Raises:
            UnavailableError: the platform did not answer, or named nobody that we could know.
        """
        profile = _profile(request.party)
        if profile is None:
            return Refused("PARTY_NOT_SET_UP")
        text = request.code.text
        if request.code.family != rules.FAMILY or not 0 < len(text) <= rules.MAX_CODE_CHARACTERS:
            return Refused("CODE_REJECTED")
        fields = {
            "qrCode": text,
            "terminalCode": profile.terminal_code,
            "medStepCode": rules.step_of(request.scene, self._settings.med_step_codes),
        }
        found = await self._card(profile.application, READ_CODE, fields)
        if isinstance(found, Refused):
            return found
        person, subject = mapping.person(found), mapping.encode(found)
        if person is None or subject is None:
            raise UnavailableError(f"{READ_CODE}: the answer names nobody")
        return Decoded(person=person, subject=subject)

    async def _card(
        self, application: Application, method: str, fields: dict[str, str]
    ) -> mapping.Card | Refused:
        deadline_ms = MANIFEST.deadlines.own_validate_ms
        told = await self._client.ask(application, method, fields, deadline_ms)
        if told.code:
            return self._refused(method, told)
        found = mapping.card(told.datas, application.key)
        if found is None:
            raise UnavailableError(f"{method}: the answer names no card")
        return found

    def _refused(self, method: str, told: Told) -> Refused:
        code = rules.refusal_of(told.code, self._settings.return_codes)
        if code is None:
            raise UnavailableError(f"{method}: {told.shown}")
        return Refused(code)


def _document(person: Person) -> dict[str, str] | None:
    code = rules.document_code(person.document_type, person.document_number)
    if code is None or not person.document_number:
        return None
    return {"idCardTypeCode": code, "idCode": person.document_number}


def _profile(party: PartyView) -> HealthCardPartyProfile | None:
    try:
        return msgspec.json.decode(party.profile, type=HealthCardPartyProfile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None

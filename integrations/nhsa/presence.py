"""
Evidence of presence becomes a credential: the regional grant, a read card, a scanned 医保码.

``/ec/query`` stands for the local decoding component (``ec.query``); the regional grant is
unconfirmed, and on only where an institution's profile says so.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from integrations.nhsa.client import Broken, Client, NotReached, Post
from integrations.nhsa.context import InstitutionProfile, from_china
from integrations.nhsa.credentials import what_to_show
from integrations.nhsa.envelope import decode_wire
from integrations.nhsa.memory import EC_TOKEN, Credential
from integrations.nhsa.rules import (
    DONE,
    SCENES,
    Refuses,
    read_result,
)
from integrations.spi import (
    Environment,
    Person,
    PersonKey,
    Refused,
    Scene,
    UnavailableError,
)
from integrations.spi.request import Sensitive

_CODE = Annotated[int, Meta(ge=-9999, le=9999)] | Annotated[str, Meta(max_length=8)]
_SEX = {"1": "M", "2": "F"}
_ID_CARD_TYPE = "01"


class Scanned(Sensitive, frozen=True, kw_only=True):
    """
    Who shows a 医保码, and the credential that came with it.
    """

    person: Person
    credential: Credential


class _Reply(Sensitive, frozen=True):
    code: _CODE
    data: msgspec.Raw = msgspec.Raw(b"null")
    message: str | None = ""


class _Token(Sensitive, frozen=True):
    ecToken: Annotated[str, Meta(min_length=1, max_length=64)]  # noqa: N815 -- the wire's name
    insuOrg: str  # noqa: N815 -- the wire's name
    expireTime: str = ""  # noqa: N815 -- the wire's name


class _Decoded(_Token, frozen=True):
    idNo: str = ""  # noqa: N815 -- the wire's name
    idType: str = ""  # noqa: N815 -- the wire's name
    userName: str = ""  # noqa: N815 -- the wire's name
    gender: str = ""
    birthday: str = ""


class Doorkeeper:
    """
    Turns evidence into credentials.
    """

    def __init__(self, environment: Environment, client: Client, seconds: float) -> None:
        self._environment = environment
        self._client = client
        self._seconds = seconds

    async def grant(
        self,
        profile: InstitutionProfile,
        person: Person,
        *,
        scene: Scene,
        reference: str,
        now: datetime,
    ) -> Credential | Refused:
        """
        Ask the regional grant for an ecToken of a person whom our own code identified.

        Raises:
            UnavailableError: there is no answer that could be trusted.
        """
        if not profile.grants or person.document_type is not PersonKey.ID_CARD:
            return Refused("CREDENTIAL_REQUIRED", what_to_show(profile))
        body = {
            "fixmedins_code": profile.fixmedins_code,
            "psn_name": person.name,
            "certno": person.document_number,
            "psn_cert_type": _ID_CARD_TYPE,
            "businessType": SCENES[scene],
            "grant_ref": reference,
        }
        data = await self._post("grant.ectoken", profile.grant_url, body, profile, signed=True)
        if isinstance(data, Refused):
            return data
        token = decode_wire(data, _Token)
        if token is None:
            raise UnavailableError("grant.ectoken: malformed")
        return _token_credential(token, profile, now)

    async def scan(
        self, profile: InstitutionProfile, text: str, *, scene: Scene, now: datetime
    ) -> Scanned | Refused:
        """
        Decode a scanned 医保码; this voids it.

        Raises:
            UnavailableError: there is no answer that could be trusted.
        """
        if not profile.ec_query_url:
            return Refused("CREDENTIAL_REQUIRED", what_to_show(profile))
        body = {
            "transType": "ec.query",
            "orgId": profile.fixmedins_code,
            "data": {
                "orgId": profile.fixmedins_code,
                "businessType": SCENES[scene],
                "operatorId": profile.operator,
                "operatorName": profile.operator_name,
                "officeId": profile.caty,
                "officeName": profile.caty,
                "deviceType": "",
                "ecQrCode": text,
            },
        }
        data = await self._post("ec.query", profile.ec_query_url, body, profile, signed=False)
        if isinstance(data, Refused):
            return data
        decoded = _unwrap(data)
        if decoded is None or not decoded.idNo or not decoded.userName:
            raise UnavailableError("ec.query: malformed")
        if decoded.idType not in {"", _ID_CARD_TYPE}:
            return Refused("CREDENTIAL_REFUSED", what_to_show(profile))
        return Scanned(
            person=_person(decoded), credential=_token_credential(decoded, profile, now)
        )

    async def _post(
        self,
        operation: str,
        url: str,
        body: dict[str, Any],
        profile: InstitutionProfile,
        *,
        signed: bool,
    ) -> bytes | Refused:
        """
        Ask one of the two services beside the platform; their answers are ``{code, data}``.
        """
        post = Post(
            operation=operation,
            reference="",
            url=url,
            headers=self._client.signed(profile) if signed else {},
            body=msgspec.json.encode(body),
            seconds=self._seconds,
        )
        reply = await self._client.post(post, _read_reply)
        match reply:
            case _Reply():
                return _judge(operation, reply, profile)
            case NotReached(reason=reason) | Broken(reason=reason):
                raise UnavailableError(f"{operation}: {reason}")


def _judge(operation: str, reply: _Reply, profile: InstitutionProfile) -> bytes | Refused:
    code = str(reply.code)
    if code == DONE:
        return bytes(reply.data)
    match read_result(code, reply.message or "", "", {}):
        case Refuses(code=refusal):
            helps = refusal.startswith("CREDENTIAL_")
            return Refused(refusal, what_to_show(profile) if helps else ())
        case _:
            raise UnavailableError(f"{operation}: code {code}")


def _token_credential(token: _Token, profile: InstitutionProfile, now: datetime) -> Credential:
    stated = from_china(token.expireTime)
    expires = stated or now + timedelta(seconds=profile.ec_token_seconds)
    return Credential(
        fixmedins_code=profile.fixmedins_code,
        cert_type=EC_TOKEN,
        cert_no=token.ecToken,
        insu_org=token.insuOrg,
        expires=int(expires.timestamp()),
    )


def _read_reply(body: bytes) -> tuple[_Reply | Broken, str]:
    reply = decode_wire(body, _Reply)
    return (Broken("malformed"), "malformed") if reply is None else (reply, str(reply.code))


def _unwrap(data: bytes) -> _Decoded | None:
    """
    Read the decoding component's ``data``, which is JSON inside a JSON string.
    """
    try:
        text = msgspec.json.decode(data, type=str)
    except (msgspec.DecodeError, UnicodeError):
        return None
    return decode_wire(text.encode(), _Decoded)


def _person(decoded: _Decoded) -> Person:
    return Person(
        name=decoded.userName,
        document_type=PersonKey.ID_CARD,
        document_number=decoded.idNo.upper(),
        birth_date=_birth_date(decoded.birthday),
        sex=_SEX.get(decoded.gender, "U"),
    )


def _birth_date(text: str) -> date | None:
    """
    Read ``yyyy.MM.dd``.
    """
    try:
        return date.fromisoformat(text.replace(".", "-"))
    except ValueError:
        return None

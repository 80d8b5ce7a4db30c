"""
Enrolment: a one-time token is redeemed with a password, a TOTP secret is learnt and confirmed.
"""

import base64
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from codes import otp
from wallet.clock import Clock, seconds
from wallet.db.session import Database
from wallet.errors import ValidationFailedError
from wallet.http.errors import TokenInvalidError
from wallet.ids import Ids
from wallet.operators import repository
from wallet.operators.credentials import enrolling_place, secret_place
from wallet.operators.events import EventsService
from wallet.operators.models import OperatorEnrolmentRow, OperatorRow
from wallet.operators.passwords import Passwords, weakness
from wallet.operators.tokens import (
    CONFIRMATION_PREFIX,
    ENROLMENT_PREFIX,
    new_recovery_codes,
    new_token,
    recovery_digest,
    stored,
    token_digest,
)
from wallet.operators.words import EventKind, Stage
from wallet.vault import Vault

CONFIRM_WITHIN: Final = timedelta(minutes=15)


class Enrolling(Struct, frozen=True, kw_only=True):
    """
    A redeemed enrolment, shown once.

    Attributes:
        name: login name.
        uri: ``otpauth://``, to be drawn as a QR code.
        secret: the same secret in base32, for an app without a camera.
        confirmation: token with which one right code confirms.
        expires_at: until then.
    """

    name: str
    uri: str
    secret: str
    confirmation: str
    expires_at: datetime

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "Enrolling(…)"


class Enrolled(Struct, frozen=True, kw_only=True):
    """
    A confirmed enrolment; the recovery codes are shown this once.
    """

    name: str
    recovery_codes: tuple[str, ...]

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "Enrolled(…)"


class EnrolmentService:
    """
    Lets operators enrol themselves.

    Args:
        database: where everything is kept.
        clock: ends tokens.
        ids: source of secrets.
        vault: encrypts TOTP secrets.
        passwords: hashes passwords.
        events: writes down what happened.
        issuer: what an authenticator app shows beside the name.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        ids: Ids,
        vault: Vault,
        passwords: Passwords,
        events: EventsService,
        issuer: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._vault = vault
        self._passwords = passwords
        self._events = events
        self._issuer = issuer

    async def redeem(self, token: str, password: str) -> Enrolling:
        """
        Use an enrolment token up with the password that its operator chose.

        Raises:
            TokenInvalidError: unknown, used or over its time, or the operator is disabled.
            ValidationFailedError: this may not be a password; its member ``reason`` is one of
                `passwords.Weakness`, and the token is still good.
        """
        digest = _digest(token, ENROLMENT_PREFIX)
        _, operator = await self._standing(digest, Stage.ISSUED)
        weak = weakness(password, operator.name)
        if weak is not None:
            raise ValidationFailedError("Look at: password", reason=weak.value)
        password_hash = await self._passwords.hash(password)
        secret = self._ids.secret(otp.TOTP_SECRET_LENGTH)
        confirmation = new_token(self._ids, CONFIRMATION_PREFIX)
        expires_at = self._clock.now() + CONFIRM_WITHIN
        values = {
            "digest": stored(confirmation),
            "password_hash": password_hash,
            "totp_secret": self._vault.encrypt_deployment(
                enrolling_place(operator.operator_id), secret
            ),
            "expires_at": expires_at,
        }
        async with self._database.transaction() as session:
            if not await repository.redeem(session, digest, values):
                raise TokenInvalidError
        return Enrolling(
            name=operator.name,
            uri=otp.totp_uri(secret, name=operator.name, issuer=self._issuer),
            secret=base64.b32encode(secret).decode(),
            confirmation=confirmation,
            expires_at=expires_at,
        )

    async def confirm(self, confirmation: str, code: str) -> Enrolled:
        """
        Confirm with one right code that the authenticator has the secret; from then on it counts.

        That code is thereby spent.

        Raises:
            TokenInvalidError: unknown, used or over its time, or the operator is disabled.
            ValidationFailedError: the code is not right; another one may be tried.
        """
        digest = _digest(confirmation, CONFIRMATION_PREFIX)
        enrolment, operator = await self._standing(digest, Stage.REDEEMED)
        operator_id, now = operator.operator_id, self._clock.now()
        secret = self._vault.decrypt_deployment(
            enrolling_place(operator_id), enrolment.totp_secret or b""
        )
        step = otp.totp_step(secret, code.strip(), now_seconds=seconds(now), after=0)
        if step is None:
            raise ValidationFailedError("Look at: code")
        codes = new_recovery_codes(self._ids)
        values = {
            "password_hash": enrolment.password_hash,
            "totp_secret": self._vault.encrypt_deployment(secret_place(operator_id), secret),
            "last_step": step,
            "enrolled_at": now,
        }
        async with self._database.transaction() as session:
            active = await repository.set_credentials(
                session, operator_id, values, only_active=True
            )
            if not active or not await repository.confirm(session, digest):
                raise TokenInvalidError
            digests = [each for each in map(recovery_digest, codes) if each is not None]
            await repository.put_recovery_codes(session, operator_id, digests)
            await self._events.write(session, EventKind.ENROLLED, operator_id)
        return Enrolled(name=operator.name, recovery_codes=codes)

    async def _standing(
        self, digest: bytes, stage: Stage
    ) -> tuple[OperatorEnrolmentRow, OperatorRow]:
        async with self._database.reading() as session:
            found = await repository.enrolment(session, digest, stage, self._clock.now())
        if found is None:
            raise TokenInvalidError
        return found


def _digest(token: str, prefix: str) -> bytes:
    digest = token_digest(token.strip(), prefix)
    if digest is None:
        raise TokenInvalidError
    return digest

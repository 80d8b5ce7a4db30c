"""
A resident's phone: a key of its own, a session, three days of passes.
"""

import base64
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import click
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from codes import (
    FUSION_1,
    Drawn,
    IssuedPass,
    OfflineDevice,
    PassWindow,
    TopUp,
    raw_from_der,
    step_at,
)
from wallet.clock import Clock, seconds
from wallet.devices.messages import approval_message, enrolment_message, passes_message
from wallet.settling.approvals import approval_text


@dataclass(frozen=True, kw_only=True)
class Holder:
    """
    A person of the demonstration; invented, with a valid check digit.
    """

    name: str
    number: str
    phone: str
    key: str


@dataclass(kw_only=True)
class Phone:
    """
    One resident's phone.
    """

    http: aiohttp.ClientSession
    origin: str
    clock: Clock
    holder: Holder
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    session: str = ""
    device_no: int = 0
    offline: OfflineDevice | None = None
    step: int = -1
    drawn: int = 0

    async def sign_in(self) -> None:
        """
        Sign in as demonstrations do.
        """
        answer = await self.call(
            "POST",
            "/v1/demo/sessions",
            {
                "name": self.holder.name,
                "document_type": "id_card",
                "document_number": self.holder.number,
                "phone": self.holder.phone,
            },
        )
        self.session = answer["token"]

    async def enrol(self, name: str = "我的手机") -> None:
        """
        Enrol the phone: prove that it holds the key.
        """
        challenge = (await self.call("POST", "/v1/devices/challenges"))["challenge"]
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        public_key = base64.b64encode(der).decode()
        message = enrolment_message(challenge, public_key, "app", name)
        answer = await self.call(
            "POST",
            "/v1/devices",
            {
                "public_key": public_key,
                "challenge": challenge,
                "signature": self.sign(message),
                "kind": "app",
                "name": name,
            },
        )
        self.device_no = answer["device_no"]

    async def top_up(self, profile: str = "otp") -> int:
        """
        Fetch three days of passes; return how many.
        """
        challenge = (await self.call("POST", "/v1/devices/challenges"))["challenge"]
        now = seconds(self.clock.now())
        message = passes_message(challenge, self.device_no, profile, now)
        answer = await self.call(
            "POST",
            f"/v1/devices/{self.device_no}/passes",
            {
                "challenge": challenge,
                "profile": profile,
                "clock_seconds": now,
                "signature": self.sign(message),
            },
        )
        self.offline = OfflineDevice(_top_up(answer), self._raw)
        return len(answer["passes"])

    def draw(self) -> str:
        """
        Draw a fresh code without the network: the next one of its step, of which there are eight.
        """
        if self.offline is None:
            raise click.ClickException("the phone has no passes")
        now = seconds(self.clock.now())
        if step_at(now) != self.step:
            self.step, self.drawn = step_at(now), 0
        drawn = self.offline.draw(now, self.drawn % FUSION_1.subs)
        self.drawn += 1
        if not isinstance(drawn, Drawn):
            raise click.ClickException("the phone has no pass for now")
        return drawn.text

    async def link(self, integration: str, choice: str = "") -> dict[str, Any]:
        """
        Take one step of linking a context.
        """
        body = {"integration": integration, "choice": choice}
        return await self.call("POST", "/v1/bindings", body)

    async def approve_latest(self) -> int:
        """
        Look at the newest settlement and approve its cash part with the phone's key.

        Returns:
            The approved amount in fen.
        """
        page = await self.call("GET", "/v1/settlements")
        shown = page["settlements"][0]
        what = shown["approval"]
        text = approval_text(
            what["settlement_id"], what["version"], what["amount_minor"], what["payee"]
        )
        body = {
            "device_no": self.device_no,
            "version": what["version"],
            "signature": self.sign(approval_message(text)),
        }
        await self.call("POST", f"/v1/settlements/{shown['id']}/approve", body)
        return int(what["amount_minor"])

    async def call(self, method: str, target: str, body: object = None) -> dict[str, Any]:
        """
        Call the wallet as this resident.

        Raises:
            click.ClickException: the wallet refused; the problem's code is in it.
        """
        headers = {"Authorization": f"Bearer {self.session}"} if self.session else {}
        async with self.http.request(
            method, self.origin + target, json=body, headers=headers
        ) as response:
            answer = await response.json(content_type=None) if response.status != 204 else {}  # noqa: PLR2004 - no content
            if response.status >= 400:  # noqa: PLR2004 - refused
                raise click.ClickException(f"{method} {target}: {answer.get('code')}")
            return dict(answer)

    def sign(self, message: bytes) -> str:
        """
        Sign as WebCrypto does: r ‖ s, base64url without padding.
        """
        return base64.urlsafe_b64encode(self._raw(message)).rstrip(b"=").decode()

    def _raw(self, message: bytes) -> bytes:
        return raw_from_der(self.key.sign(message, ec.ECDSA(hashes.SHA256())))


def _top_up(answer: dict[str, Any]) -> TopUp:
    header = _bytes(answer["header"])
    first, length = answer["starts_at_seconds"], answer["pass_seconds"]
    passes = tuple(
        IssuedPass(
            header,
            _bytes(sealed),
            PassWindow(first + number * length, first + (number + 1) * length),
        )
        for number, sealed in enumerate(answer["passes"])
    )
    seeds = {seed["key_id"]: _bytes(seed["seed"]) for seed in answer["seeds"]}
    return TopUp(passes, seeds)


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

"""
What the insurance integration shows the conformance suite.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from integrations.conformance import (
    Clock,
    Refusal,
    Safe,
    Sandbox,
    Unsafe,
    Validation,
    serving,
)
from integrations.nhsa.exhibit_requests import EVERYBODY
from integrations.nhsa.exhibit_safe import SafeCases
from integrations.nhsa.exhibit_unsafe import UnsafeCases
from integrations.nhsa.sandbox import (
    NhsaSandboxSettings,
    create_app,
    default_settings,
    make_keys,
)
from integrations.spi import PartyView

_TOKEN_PREFIX = "440100ec"  # noqa: S105 -- how the sandbox's ecTokens begin
PAGE = Path(__file__).parents[2] / "docs" / "integrations" / "nhsa.md"


class NhsaExhibit:
    """
    Starts sandboxes that share one set of keys.
    """

    def __init__(self) -> None:
        self._settings = default_settings(make_keys())

    @property
    def page(self) -> Path:
        """
        The page that documents the integration.
        """
        return PAGE

    @asynccontextmanager
    async def start(self, clock: Clock) -> AsyncIterator["NhsaStage"]:
        """
        Start the partner afresh.
        """
        async with serving(create_app(self._settings, clock)) as sandbox:
            yield NhsaStage(self._settings, sandbox)


class NhsaStage:
    """
    A running sandbox and the cases played on it, at the hospital's desk.
    """

    def __init__(self, settings: NhsaSandboxSettings, sandbox: Sandbox) -> None:
        self._hospital = settings.institutions[0]
        self._sandbox = sandbox
        self._codes: list[str] = []
        self._safe = SafeCases(sandbox, self._codes)
        self._unsafe = UnsafeCases(sandbox)

    @property
    def address(self) -> str:
        """
        Where the sandbox listens.
        """
        return self._sandbox.address

    def settings(self, base_url: str) -> bytes:
        """
        A deployment that links residents in the hospital's name.
        """
        return msgspec.json.encode({"linking": self._profile(base_url)})

    def party(self, base_url: str) -> PartyView:
        """
        The demo hospital.
        """
        return PartyView(
            id="party-1",
            name=self._hospital.fixmedins_name,
            kind="hospital",
            profile=msgspec.json.encode(self._profile(base_url)),
        )

    def secret_keys(self) -> tuple[str, ...]:
        """
        The hospital's secret at the gateway.
        """
        return (self._hospital.secret,)

    def personal(self) -> tuple[str, ...]:
        """
        The people of the cases, their numbers at the insurer, their codes, the desk's session.
        """
        people = [text for one in EVERYBODY for text in (one.name, one.document_number)]
        numbers = [f"44010000001{serial:09d}" for serial in (1, 2, 6, 7, 8)]
        return (*people, *numbers, *self._codes, self._hospital.sign_no, _TOKEN_PREFIX)

    @property
    def validations(self) -> tuple[Validation, ...]:
        """
        Requests for a verdict.
        """
        return self._safe.validations()

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """
        Calls that the insurer, or the integration itself, refuses.
        """
        return (*self._safe.refusals(), *self._unsafe.refusals())

    @property
    def safe(self) -> tuple[Safe, ...]:
        """
        Calls that change nothing.
        """
        return (*self._safe.calls(), *self._unsafe.questions())

    @property
    def unsafe(self) -> tuple[Unsafe, ...]:
        """
        Every step of a visit, forward and back, and the reversal.
        """
        return self._unsafe.calls()

    def _profile(self, base_url: str) -> dict[str, Any]:
        return {
            "fixmedins_code": self._hospital.fixmedins_code,
            "fixmedins_name": self._hospital.fixmedins_name,
            "admvs": self._hospital.division,
            "gateway": {
                "type": "tif",
                "url": f"{base_url}/fsi/api",
                "paasid": self._hospital.paasid,
                "secret": self._hospital.secret,
            },
            "sign_no": self._hospital.sign_no,
            "readers": self._hospital.readers,
            "ec_query_url": f"{base_url}/ec/query",
            "regional_grant": self._hospital.regional_grant,
            "grant_url": f"{base_url}/grant/ectoken",
        }


def exhibit() -> NhsaExhibit:
    """
    Make the exhibit.
    """
    return NhsaExhibit()

"""
What Alipay's integration shows the conformance suite.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from integrations.alipay.exhibit_stage import AlipayStage, Merchant
from integrations.alipay.sandbox import create_app, default_settings, make_keys
from integrations.conformance import Clock, serving

PAGE = Path(__file__).parents[2] / "docs" / "integrations" / "alipay.md"


class AlipayExhibit:
    """
    Starts sandboxes that share one set of keys.
    """

    def __init__(self) -> None:
        keys = make_keys()
        self._settings = default_settings(keys)
        app = self._settings.apps[0]
        self._merchant = Merchant(
            app_id=app.app_id,
            seller_id=app.seller_id,
            private_key_pem=keys.merchant_private_key,
            alipay_public_key_pem=keys.alipay_public_key,
        )

    @property
    def page(self) -> Path:
        """
        The page that documents the integration.
        """
        return PAGE

    @asynccontextmanager
    async def start(self, clock: Clock) -> AsyncIterator[AlipayStage]:
        """
        Start the partner afresh.
        """
        async with serving(create_app(self._settings, clock)) as sandbox:
            yield AlipayStage(self._merchant, sandbox)


def exhibit() -> AlipayExhibit:
    """
    What the conformance suite asks for.
    """
    return AlipayExhibit()

"""
The document, made from an application that talks to nobody.
"""

import secrets

from integrations.registry import Registry
from wallet.app import compose, create_app
from wallet.clock import SystemClock, seconds
from wallet.http.document import document
from wallet.settings import Settings
from wallet.vault import rotation
from wallet.vault.keyfile import SuiteName


def document_bytes() -> bytes:
    """
    Return the document as it is committed and served.
    """
    clock = SystemClock()
    keys = rotation.generate(SuiteName.INTERNATIONAL, seconds(clock.now()), secrets.token_bytes)
    services = compose(Settings(), clock=clock, keys=keys, registry=Registry(()))
    return document(create_app(services))

"""
The document and its examples, made from an application that talks to nobody.
"""

import secrets

import msgspec

from integrations.registry import Registry
from wallet.app import compose, create_app, examples, published
from wallet.clock import SystemClock, seconds
from wallet.settings import Settings
from wallet.vault import rotation
from wallet.vault.keyfile import SuiteName


def document_bytes() -> bytes:
    """
    Return the document as it is committed and served.
    """
    clock = SystemClock()
    keys = rotation.generate(SuiteName.INTERNATIONAL, seconds(clock.now()), secrets.token_bytes)
    # the defaults, whatever this process has in its environment
    services = compose(Settings.model_construct(), clock=clock, keys=keys, registry=Registry(()))
    return published(create_app(services))


def example_files() -> dict[str, bytes]:
    """
    Return the example of each body as a file by itself: its name, and what is in it.
    """
    return {
        f"{operation}.json": msgspec.json.format(msgspec.json.encode(example), indent=2) + b"\n"
        for operation, example in examples().items()
    }

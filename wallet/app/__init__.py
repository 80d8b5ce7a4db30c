"""
The composition root: what is made of what, and nothing else.
"""

from wallet.app.http import create_app
from wallet.app.interface import examples, published
from wallet.app.services import Services, compose

__all__ = ("Services", "compose", "create_app", "examples", "published")

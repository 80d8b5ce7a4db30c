"""
A server that plays a provincial health-card platform (profile of Guangdong, V2.0.0).
"""

from integrations.health_card.sandbox.app import create_app
from integrations.health_card.sandbox.settings import (
    HealthCardApp,
    HealthCardKeys,
    HealthCardSandboxSettings,
    default_settings,
    make_keys,
)

__all__ = (
    "HealthCardApp",
    "HealthCardKeys",
    "HealthCardSandboxSettings",
    "create_app",
    "default_settings",
    "make_keys",
)

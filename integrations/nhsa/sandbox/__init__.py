"""
A server that plays the national medical insurance platform for one designated institution.
"""

from integrations.nhsa.sandbox.app import create_app
from integrations.nhsa.sandbox.people import Insurance, Person
from integrations.nhsa.sandbox.settings import (
    Institution,
    NhsaSandboxSettings,
    SandboxKeys,
    default_settings,
    make_keys,
)

__all__ = (
    "Institution",
    "Insurance",
    "NhsaSandboxSettings",
    "Person",
    "SandboxKeys",
    "create_app",
    "default_settings",
    "make_keys",
)

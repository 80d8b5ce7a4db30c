"""
A server that plays Alipay's open platform: payment, refund, agreement, notification, statement.
"""

from integrations.alipay.sandbox.app import create_app
from integrations.alipay.sandbox.settings import (
    AlipayApp,
    AlipayKeys,
    AlipaySandboxSettings,
    default_settings,
    make_keys,
)

__all__ = (
    "AlipayApp",
    "AlipayKeys",
    "AlipaySandboxSettings",
    "create_app",
    "default_settings",
    "make_keys",
)

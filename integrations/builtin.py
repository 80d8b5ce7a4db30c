"""
The integrations that come with the wallet. The only file that names them.
"""

from integrations.alipay.plugin import AlipayPlugin
from integrations.health_card.plugin import HealthCardPlugin
from integrations.nhsa.plugin import NhsaPlugin
from integrations.spi import Plugin


def builtin() -> tuple[Plugin, ...]:
    """
    Name the plugins that come with the wallet, in the order in which people see them.
    """
    return (HealthCardPlugin(), NhsaPlugin(), AlipayPlugin())

"""
The plugin contract (`spi`) and the integrations that are shipped with the wallet.
"""

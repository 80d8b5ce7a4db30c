"""
Alipay: payment by agreement or by a scanned payment code.
"""

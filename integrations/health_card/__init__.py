"""
The electronic health card and its QR code.
"""

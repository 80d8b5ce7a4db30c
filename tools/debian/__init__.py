"""
Programs of Debian packages for tests, unpacked and never installed: no service starts of itself.
"""

"""
Programs of Debian's that tests need.
"""

"""
Append-only record of who looked at whom, and what was released.
"""

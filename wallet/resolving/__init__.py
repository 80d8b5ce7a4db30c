"""
One scan: verify, consume, ask each context, disclose, answer.
"""

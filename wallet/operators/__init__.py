"""
Operators: who runs a region's wallet, how they sign in, and what they did.
"""

"""
Sign-in through an outside provider (OpenID Connect): who somebody is there, and nothing else.
"""

"""
JavaScript from npm: fetched at set-up by exact version and digest, served by the wallet itself.
"""

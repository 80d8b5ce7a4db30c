"""
A real nginx for tests, with the configuration that is shipped.
"""

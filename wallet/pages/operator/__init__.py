"""
The operator's pages.
"""

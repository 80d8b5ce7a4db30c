"""
The resident's pages.
"""

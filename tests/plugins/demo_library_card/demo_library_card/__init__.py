"""
The hospital library's card, as an integration of its own.
"""

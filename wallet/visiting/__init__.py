"""
Visits: from registration until closed.
"""

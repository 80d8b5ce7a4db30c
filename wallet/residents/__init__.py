"""
The person index: documents, matching, masked views, sessions.
"""

"""
Calls to the outside: guarded, and, where they change something there, committed beforehand.
"""

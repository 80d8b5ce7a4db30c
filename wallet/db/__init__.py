"""
The database: engine, transactions, types. Knows no slice.
"""

"""
The short way through one scan on PostgreSQL: one statement reads, one writes.
"""

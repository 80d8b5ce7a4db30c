"""
Immutable double-entry postings: what was agreed and paid, per resident.

A memorandum: the wallet holds no money, and these books must agree with everybody else's.
"""

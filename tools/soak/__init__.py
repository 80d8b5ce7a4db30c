"""
A long load on real processes, and whether anything grows meanwhile: ``make soak MINUTES=45``.
"""

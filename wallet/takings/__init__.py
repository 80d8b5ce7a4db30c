"""
What a terminal took, gave back and settled: the sums of a shift.
"""

"""
The edge: problems, callers, limits, the document. Knows no slice.
"""

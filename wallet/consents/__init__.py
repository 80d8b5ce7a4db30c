"""
What a resident allows to whom, for what, until when.
"""

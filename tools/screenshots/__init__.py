"""
Pictures of every page in both languages, for the documents.
"""

"""
What the processes of a deployment count and know, put where an operator's page can read it.
"""

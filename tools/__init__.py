"""
What setting up and checking the project needs, and nothing that runs in it.
"""

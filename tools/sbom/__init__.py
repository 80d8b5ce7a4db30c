"""
The bill of materials of what is deployed, from the lock files.
"""

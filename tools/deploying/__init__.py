"""
Checks of what is under ``deploy/`` that need no machine to deploy to.
"""

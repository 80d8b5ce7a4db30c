"""
After a restore from a backup: nothing is moved until an operator has compared and says so.
"""

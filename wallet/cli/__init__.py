"""
The command line. Commands are loaded when they are called, because the whole stack takes seconds.
"""

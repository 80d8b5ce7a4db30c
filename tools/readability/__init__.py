"""
How well decoders that know nothing of us read the code from a screen that is held badly.
"""

"""
Which processes are of the deployment now, so that one that was given up cannot write money.
"""

"""
The desk: a terminal in a browser, with its own key, that calls the interface as any other does.
"""

"""
The main job told as a story: sandboxes, server and worker as processes, then a day at a hospital.
"""

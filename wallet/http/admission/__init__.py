"""
Admission: under too much load, what matters most goes on and the rest is told when to come again.
"""

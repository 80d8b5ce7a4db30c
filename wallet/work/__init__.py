"""
The one loop that does what is due: settlements, visits, polls, schedules.
"""

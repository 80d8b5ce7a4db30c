"""
Accepted codes: what a scan opened, for whom, and what each context answered.
"""

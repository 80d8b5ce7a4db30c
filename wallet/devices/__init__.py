"""
Whatever can show a code: its enrolment, its passes, its codes and how each is used up once.
"""

"""
Bills, splits, the settlement's state machine, tenders, refunds and approvals.
"""

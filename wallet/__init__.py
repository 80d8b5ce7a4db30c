"""
The application core: one rotating code per resident, resolved to three contexts.
"""

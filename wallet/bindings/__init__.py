"""
Resident ↔ integration, with the integration's opaque reference to the person.
"""

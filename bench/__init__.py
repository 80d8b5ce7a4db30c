"""
Measurements: what ``fusion-wallet bench`` runs. Only ratios inside one run mean anything.
"""

"""National medical insurance: the designated-institution interface."""

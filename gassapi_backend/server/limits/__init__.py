"""How often something may be done, and by whom."""

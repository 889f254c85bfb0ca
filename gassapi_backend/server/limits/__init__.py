"""Limits on how often something may be done, and by whom."""

"""Accounts: one's own, and all of them for administrators."""

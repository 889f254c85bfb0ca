"""Confirming an address, and a new password for those who forgot theirs: links that work once."""

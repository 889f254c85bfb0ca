"""Confirming an address, and a new password for whoever forgot theirs: links that work once."""

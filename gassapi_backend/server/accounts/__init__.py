"""Accounts: registration, sessions, profile and password."""

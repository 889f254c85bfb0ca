"""Rotation of the secret key: every secret value encrypted anew."""

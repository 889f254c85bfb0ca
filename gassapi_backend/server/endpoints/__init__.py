"""Endpoints: saved requests."""

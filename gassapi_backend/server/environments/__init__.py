"""Environments: named sets of variables, some of them secret."""

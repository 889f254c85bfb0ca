"""Fuzzing the API by its own document: `make fuzz`."""

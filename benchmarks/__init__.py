"""Benchmarks of the hot paths, each against a bare server measured in the same run."""

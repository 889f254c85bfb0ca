"""Random runs of writers, readers and faults, and a checker that reads their history."""

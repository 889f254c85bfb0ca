"""A whole project in one answer: what a client needs to start."""

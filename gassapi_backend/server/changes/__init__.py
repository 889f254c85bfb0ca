"""The one door for writes, and whom it tells."""

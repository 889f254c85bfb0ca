"""Documents in and out: what other tools write, as one tree, and back; knows no database."""

"""A check-up of what this server needs, for the command line and for administrators."""

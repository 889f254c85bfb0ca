"""A check-up of what this server needs, for commands and for administrators."""

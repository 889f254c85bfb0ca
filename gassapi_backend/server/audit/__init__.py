"""The audit log as a record that can be checked: reading, verifying and trimming its chains."""

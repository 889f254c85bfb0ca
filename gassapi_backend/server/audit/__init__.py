"""The audit log as a record that can be checked: its chains, their reading, their retention."""

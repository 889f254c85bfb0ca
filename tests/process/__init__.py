"""The server as a process: how it starts, what it says, how it ends, and how it dies."""

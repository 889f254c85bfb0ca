"""What we export, read and run by the tools that it is for: ``make interop``."""

"""What changed in a project, in order: to be read, and to be followed live."""

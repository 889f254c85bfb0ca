"""Members of projects, and invitations to become one."""

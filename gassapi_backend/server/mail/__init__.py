"""Mail: written down with what it is about, sent afterwards."""

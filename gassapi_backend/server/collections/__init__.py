"""Collections: folders of endpoints and of further collections."""

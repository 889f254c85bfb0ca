"""Writes collections as OpenAPI documents: what was imported as it was, anything else anew."""

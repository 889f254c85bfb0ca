"""Collections as OpenAPI documents: what was imported as it came, anything else anew."""

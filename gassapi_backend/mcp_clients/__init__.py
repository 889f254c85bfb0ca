"""How MCP clients are configured for this server: what each configuration says, and where it is."""

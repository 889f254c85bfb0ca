"""How MCP clients are told of this server: what each one's configuration says, and where it is."""

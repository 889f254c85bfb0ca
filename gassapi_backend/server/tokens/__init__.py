"""The tokens of MCP clients."""

"""The MCP server: tools, resources and prompts for AI assistants, stateless over HTTP."""

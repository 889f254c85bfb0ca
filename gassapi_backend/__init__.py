"""GassAPI's self-hosted backend: accounts, projects, and the tokens that MCP clients use."""

__version__ = "0.1.0"

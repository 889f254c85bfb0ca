"""The client's end of a server's MCP endpoint: the bridge for clients that start a command.

It uses only the standard library, as a client waits for this whenever it starts.
"""

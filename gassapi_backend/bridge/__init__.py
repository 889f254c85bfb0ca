"""A client's end of a server's MCP endpoint: the bridge for clients that start a command.

Here is the standard library only, as a client waits for this at each of its starts.
"""

"""Work on documents in a process of its own, with limits on memory and time.

A document may be crafted to exhaust its reader, and parsing a large one in a thread would block the
event loop. ``running`` is the server's side, ``working`` the child's, ``jobs`` the work itself.
Nothing is imported here, so that a child starts without what only the server needs.
"""

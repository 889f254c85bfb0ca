"""Work on documents in a process of its own, with limits on memory and time.

A document that people send may be made to exhaust its reader, and parsing a large one in a thread
would hold the event loop. ``running`` is the server's side, ``working`` the child's, ``jobs`` what
is done. Nothing is imported here, so that a child starts without what only the server needs.
"""

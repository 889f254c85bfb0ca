"""Documents in and out: import, merge and export of collections, environments and projects."""

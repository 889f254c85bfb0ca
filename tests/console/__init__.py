"""The web console, tried in a real browser: one server and one browser for all tests."""

"""Sessions: who is signed in, on which device."""

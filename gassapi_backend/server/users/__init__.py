"""Accounts as a whole: their administration, deletion and export."""

"""The pages that mailed links lead to: they ask, and only then use the link up."""

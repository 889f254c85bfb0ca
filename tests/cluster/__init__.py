"""Our servers on clusters of databases, whose nodes die, freeze, leave and come back."""

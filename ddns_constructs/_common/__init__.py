"""What several constructs share; nothing of one construct alone."""
